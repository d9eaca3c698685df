package templates

import (
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"
)

// A trial is a template and what it is tried with.
type trial struct {
	file  string
	view  reflect.Type
	write func(s *Set, view any) (string, error)
	needs func(view any) []need
}

// A need is a text that a template must show, or nobody could do without it:
// neither could the reader, nor could the mail be sent.
type need struct {
	name string // .UnsubscribeURL
	text string // empty: it is not there to be shown
}

// try fills templates with samples of their views. It finds what only shows
// then: a field or a piece that is not there, and what is missing from a mail or
// page that could not do without it.
func (s *Set) try(all []trial) error {
	var faults Faults
	for _, t := range all {
		for _, view := range samples(t.view) {
			for _, f := range t.run(s, view.Interface()) {
				if !slices.Contains(faults, f) {
					faults = append(faults, f)
				}
			}
		}
	}
	return faults.err()
}

// concerned returns the trials of templates that are the operator's, or that may
// use a piece of theirs: those of the same folder and ending.
func (s *Set) concerned() (all []trial) {
	shelf := func(name string) string { return path.Dir(name) + name[strings.IndexByte(name, '.'):] }
	for _, t := range trials() {
		if slices.ContainsFunc(s.own, func(name string) bool { return shelf(name) == shelf(t.file) }) {
			all = append(all, t)
		}
	}
	return all
}

func (t trial) run(s *Set, view any) (faults Faults) {
	written, err := t.write(s, view)
	if err != nil {
		return Faults{faultOf(err, t.file)}
	}
	for _, n := range t.needs(view) {
		if !strings.Contains(written, n.text) {
			faults = append(faults, Fault{File: t.file, What: "it must show " + n.name + " wherever there is one"})
		}
	}
	return faults
}

// tried returns a trial of a template whose view is a V.
func tried[V any](file string, write func(*Set, V) (string, error), needs func(V) []need) trial {
	return trial{
		file: file, view: reflect.TypeFor[V](),
		write: func(s *Set, view any) (string, error) { return write(s, view.(V)) },
		needs: func(view any) []need { return needs(view.(V)) },
	}
}

// triedPage returns the trial of a page whose view is a V.
func triedPage[V WebPage](needs func(V) []need) trial {
	var zero V
	return tried("web/"+zero.page()+".html.tmpl", func(s *Set, view V) (string, error) {
		page, err := s.Page(view)
		return string(page), err
	}, needs)
}

// trials returns those of every mail and every page.
func trials() []trial {
	return []trial{
		tried("mail/issue.html.tmpl", (*Set).IssueHTML, func(m IssueMail) []need {
			return m.needs(func(s Section) string { return string(s.HTML) })
		}),
		tried("mail/issue.txt.tmpl", (*Set).IssueText, func(m IssueMail) []need {
			return m.needs(func(s Section) string { return s.Text })
		}),
		tried("mail/confirmation.html.tmpl", (*Set).ConfirmationHTML, ConfirmationMail.needs),
		tried("mail/confirmation.txt.tmpl", (*Set).ConfirmationText, ConfirmationMail.needs),
		triedPage(func(v HomePage) []need { return v.Form.needs() }),
		triedPage(nothing[LookForMailPage]),
		triedPage(func(v ConfirmPage) []need {
			if v.Done {
				return nil
			}
			return []need{button}
		}),
		triedPage(nothing[ConfirmedPage]),
		triedPage(func(LeavePage) []need { return []need{button} }),
		triedPage(nothing[LeftPage]),
		triedPage(func(v MessagePage) []need { return []need{{".Text", v.Text}, {".LinkPath", v.LinkPath}} }),
		triedPage(nothing[IssuesPage]),
		triedPage(nothing[SearchPage]),
		triedPage(func(v IssuePage) []need {
			return append(v.Form.needs(), need{".Body", string(v.Body)}, need{".FullText", string(v.FullText)})
		}),
	}
}

func nothing[V any](V) []need { return nil }

// button is what confirms and what leaves: GET changes nothing.
var button = need{`a form with method="post"`, `method="post"`}

// needs are what the law and the large providers want in every mail, and the
// stories.
func (m IssueMail) needs(part func(Section) string) []need {
	all := []need{{".UnsubscribeURL", m.UnsubscribeURL}, {".Publication.PostalAddress", m.Publication.PostalAddress}}
	for _, s := range m.Sections {
		all = append(all, need{fmt.Sprintf("each of .Sections, and those of the kind %q too,", s.Kind), part(s)})
	}
	return all
}

func (m ConfirmationMail) needs() []need {
	return []need{{".ConfirmURL", m.ConfirmURL}, {".Publication.PostalAddress", m.Publication.PostalAddress}}
}

// needs are what a reader agrees to, and what says so in the answer.
func (f SignUpForm) needs() []need {
	return []need{{".Form.Consent", f.Consent}, {".Form.Wording", f.Wording}, {`a field with name="email"`, `name="email"`}}
}
