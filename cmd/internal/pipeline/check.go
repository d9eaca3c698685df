package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"redigest/digest"
	"redigest/digest/feed"
	"redigest/digest/render"
)

// A Severity says what follows from a finding.
type Severity string

const (
	Stop    Severity = "stop"    // the issue is not sent as it is
	Warning Severity = "warning" // it is sent, and somebody should know
)

// A Check is one of the things that an issue is looked over for.
type Check string

const (
	CheckSize        Check = "size"        // the HTML part is clipped by mail clients
	CheckEmpty       Check = "empty"       // a part shows none of the stories
	CheckSubject     Check = "subject"     // there is none, or it is cut by mail clients
	CheckPlaceholder Check = "placeholder" // something was to be filled in, or written, and was not
	CheckPlace       Check = "place"       // the place of a reader's own link or day is cut to pieces
	CheckUnsubscribe Check = "unsubscribe" // a part has no link to leave
	CheckAddress     Check = "address"     // a part does not show the publisher's postal address
	CheckAlt         Check = "alt"         // a picture has no words for who does not see it
	CheckParts       Check = "parts"       // the links of the two parts are not the same
	CheckDate        Check = "date"        // a story is dated in the future
	CheckDamaged     Check = "damaged"     // characters of a story are lost
	CheckNumbers     Check = "numbers"     // prices or shares could not be read, or are missing
	CheckLink        Check = "link"        // a link does not answer
)

// A Finding is something about an issue that somebody should know before it is
// sent.
type Finding struct {
	Severity Severity `json:"severity"`
	Check    Check    `json:"check"`
	Where    string   `json:"where"` // the part, the story or the address
	What     string   `json:"what"`
	Do       string   `json:"do"` // what helps
}

// ErrUnfit means that the issue of a day is not to be sent as it is.
var ErrUnfit = errors.New("the issue is not fit to be sent")

// A Checkup is what was found about the issue of a day.
type Checkup struct {
	Issue    digest.Issue // as it was frozen or, before that, as it would be made now
	Findings []Finding    // what stops the issue first
	Links    []feed.Probe // what came of asking for its links; nil when nobody asked
	Cut      []string     // what of the issue was cut so that it fits, in words
}

// Stops returns the findings for which the issue is not sent.
func (c Checkup) Stops() []Finding { return stops(c.Findings) }

// Warnings returns the other findings.
func (c Checkup) Warnings() []Finding {
	return slices.DeleteFunc(slices.Clone(c.Findings), func(f Finding) bool { return f.Severity == Stop })
}

// Meant returns c with what a check stops the issue for as a warning: somebody
// has looked at it.
func (c Checkup) Meant(check Check) Checkup {
	c.Findings = slices.Clone(c.Findings)
	for i := range c.Findings {
		if c.Findings[i].Check == check {
			c.Findings[i].Severity = Warning
		}
	}
	c.sort()
	return c
}

func stops(all []Finding) []Finding {
	return slices.DeleteFunc(slices.Clone(all), func(f Finding) bool { return f.Severity != Stop })
}

// Check looks over the issue of a day, and asks nobody. It stores nothing. It
// returns the errors of [Pipeline.Preview] where there is no issue.
func (p *Pipeline) Check(ctx context.Context, edition digest.Edition, day digest.Day) (Checkup, error) {
	issue, err := p.Preview(ctx, edition, day)
	if err != nil {
		return Checkup{Issue: issue}, err
	}
	return p.CheckIssue(ctx, issue)
}

// CheckIssue looks over an issue that is made already, and asks nobody.
func (p *Pipeline) CheckIssue(ctx context.Context, issue digest.Issue) (Checkup, error) {
	found, err := p.findings(ctx, issue)
	if err != nil {
		return Checkup{Issue: issue}, fmt.Errorf("check the %s issue of %s: %w", issue.Edition, issue.Day, err)
	}
	c := Checkup{Issue: issue, Findings: found, Cut: slices.Clone(issue.Cut)}
	if err := p.beside(ctx, &c); err != nil {
		return Checkup{Issue: issue}, fmt.Errorf("check the %s issue of %s: %w", issue.Edition, issue.Day, err)
	}
	c.sort()
	return c, nil
}

// sort puts what stops the issue first.
func (c *Checkup) sort() {
	slices.SortStableFunc(c.Findings, func(a, b Finding) int {
		return strings.Compare(string(a.Severity), string(b.Severity)) // “stop” comes before “warning”
	})
}

// fit returns an error that is [ErrUnfit] when something of the issue stops it
// that is not among what is meant.
func (p *Pipeline) fit(ctx context.Context, issue digest.Issue, meant []Check) error {
	found, err := p.findings(ctx, issue)
	if err != nil {
		return fmt.Errorf("check the %s issue of %s: %w", issue.Edition, issue.Day, err)
	}
	var lines []string
	for _, f := range stops(found) {
		if !slices.Contains(meant, f.Check) {
			lines = append(lines, f.Where+": "+f.What+"; "+f.Do)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return fmt.Errorf("%s issue of %s: %w: %s", issue.Edition, issue.Day, ErrUnfit, strings.Join(lines, ". "))
}

// findings returns what is found in the issue itself.
func (p *Pipeline) findings(ctx context.Context, issue digest.Issue) ([]Finding, error) {
	var stories []digest.Story
	for _, place := range issue.Stories {
		story, err := p.store.Story(ctx, place.StoryID)
		if err != nil {
			return nil, err
		}
		stories = append(stories, story)
	}
	return examine(examined{
		Issue:   issue,
		Stories: stories,
		Frame:   p.opts.Frame,
		Leaves:  p.opts.Leaves,
		html:    readHTML(issue.HTML),
		text:    readText(issue.Text),
	}), nil
}

// An examined is all that is looked at in an issue.
type examined struct {
	Issue   digest.Issue
	Stories []digest.Story // of the issue
	Frame   render.Frame   // what stands around the stories
	Leaves  bool           // mail goes beyond this machine, to readers

	html, text part
}

// parts are both parts, the HTML part first.
func (e examined) parts() []part { return []part{e.html, e.text} }

// examine is the rule: what is wrong with an issue.
func examine(e examined) (found []Finding) {
	for _, look := range []func(examined) []Finding{
		sizeOf, emptiness, subjectOf, placeholders, places, leaving, postalAddress, pictures, linksOfParts,
	} {
		found = append(found, look(e)...)
	}
	return found
}
