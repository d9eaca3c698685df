package pipeline

import (
	"context"
	"fmt"
	"time"

	"redigest/digest"
)

// clockSlack is how far the clocks of others may be ahead of ours.
const clockSlack = 10 * time.Minute

// besides returns what is found about stories that an issue does not have and
// that somebody may expect in it.
func (p *Pipeline) besides(ctx context.Context, issue digest.Issue) ([]Finding, error) {
	due, err := p.store.Due(ctx, issue.Edition, issue.CutoffAt)
	if err != nil {
		return nil, err
	}
	coming, err := p.store.Coming(ctx, p.opts.Now().Add(clockSlack))
	if err != nil {
		return nil, err
	}
	return append(damaged(due), p.future(coming)...), nil
}

// damaged finds stories that are left out because characters of them are lost.
func damaged(due []digest.Story) (found []Finding) {
	for _, s := range due {
		if s.Damaged {
			found = append(found, Finding{Warning, CheckDamaged, named(s), "characters of it are lost, so it is left out",
				fmt.Sprintf("store it again from a sound copy (redigest story add), or put it away: redigest story hide %s", s.ID)})
		}
	}
	return found
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
