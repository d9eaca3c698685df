package templates

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A Fault is what is wrong with a file of the operator's.
type Fault struct {
	File string // mail/issue.html.tmpl
	Line int    // from 1; 0: it is the whole file that is wrong
	What string // and what to do
}

func (f Fault) Error() string {
	if f.Line == 0 {
		return f.File + ": " + f.What
	}
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.What)
}

// Faults is all that is wrong with the operator's files, one on each line.
type Faults []Fault

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.Error()
	}
	return strings.Join(lines, "\n")
}

// err returns f, or nil when nothing is wrong.
func (f Faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

var (
	// located matches the errors of template packages. Their text is the only
	// place where they say file and line.
	located = regexp.MustCompile(`(?s)^(?:html/)?template: ?([^:\s]+)(?::(\d+))?(?::\d+)?: (.*)$`)

	executing = regexp.MustCompile(`(?s)^executing "[^"]*" at <(.*?)>: (.*)$`)
	noField   = regexp.MustCompile(`^can't evaluate field (\w+) in type [*\[\]]*(?:\w+\.)?(\w+)$`)
	contexts  = regexp.MustCompile(`: \{state.*$`) // of the escaper, which mean nothing outside it
)

// faultOf says file, line and matter of an error of a template package. in is
// the file that was read or filled when it happened.
func faultOf(err error, in string) Fault {
	for e := err; e != nil; e = errors.Unwrap(e) {
		if m := located.FindStringSubmatch(e.Error()); m != nil {
			line, _ := strconv.Atoi(m[2])
			return Fault{File: m[1], Line: line, What: matter(m[3])}
		}
	}
	return Fault{File: in, What: err.Error()}
}

// matter puts what a template package says so that who wrote the template knows
// what to do.
func matter(what string) string {
	m := executing.FindStringSubmatch(what)
	if m == nil {
		return contexts.ReplaceAllString(what, "")
	}
	if field := noField.FindStringSubmatch(m[2]); field != nil {
		return fmt.Sprintf("there is no %s in %s; views.md says what there is", field[1], field[2])
	}
	return "{{" + m[1] + "}}: " + m[2]
}
