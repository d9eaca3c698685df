package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"redigest/digest"
)

// clockSlack is how far the clocks of others may be ahead of ours.
const clockSlack = 10 * time.Minute

// beside adds what is found about stories and figures that the issue does not
// have and that somebody may expect in it.
func (p *Pipeline) beside(ctx context.Context, c *Checkup) error {
	due, err := p.store.Due(ctx, c.Issue.Edition, c.Issue.CutoffAt)
	if err != nil {
		return err
	}
	coming, err := p.store.Coming(ctx, p.opts.Now().Add(clockSlack))
	if err != nil {
		return err
	}
	unpriced, err := p.unpriced(ctx, c.Issue.Day)
	if err != nil {
		return err
	}
	c.damaged(due)
	c.Findings = append(c.Findings, p.future(coming)...)
	c.Findings = append(c.Findings, unpriced...)
	return nil
}

// damaged adds the stories that are left out because characters of them are
// lost, and takes the bare line about each out of what was cut.
func (c *Checkup) damaged(due []digest.Story) {
	for _, s := range due {
		if !s.Damaged {
			continue
		}
		c.Findings = append(c.Findings, Finding{Warning, CheckDamaged, named(s), "characters of it are lost, so it is left out",
			fmt.Sprintf("store it again from a sound copy (redigest story add), or put it away: redigest story hide %s", s.ID)})
		c.Cut = slices.DeleteFunc(c.Cut, func(line string) bool { return strings.HasSuffix(line, ": "+s.Title) })
	}
}

// future finds stories that are in no issue before their time. One that has
// today's date and no time counts as of noon, which is no fault.
func (p *Pipeline) future(coming []digest.Story) (found []Finding) {
	zone := p.store.Zone()
	today := digest.DayOf(p.opts.Now().In(zone))
	for _, s := range coming {
		at, layout := s.PublishedAt.In(zone), "2 January 2006 at 15:04"
		if s.DateOnly {
			layout = "2 January 2006"
		}
		if s.DateOnly && digest.DayOf(at) == today {
			continue
		}
		found = append(found, Finding{Warning, CheckDate, named(s), "its date is to come, so it is left out until then: " + at.Format(layout),
			fmt.Sprintf("if the date is wrong, mend it and store the story again, or put it away: redigest story hide %s", s.ID)})
	}
	return found
}
