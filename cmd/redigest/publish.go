package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"redigest/cmd/internal/pipeline"
	"redigest/cmd/internal/schedule"
	"redigest/digest"
)

// loop publishes each day's issue at its moment.
func (s *server) loop(plan schedule.Plan) schedule.Loop {
	return schedule.Loop{
		Plan:    plan,
		Handled: s.handled,
		Publish: s.publish,
		OnError: func(day digest.Day, err error) {
			s.log.Error("could not publish; tried again", "day", day, "error", err)
		},
		Now: s.now,
	}
}

// gatherFor is how long the day's run waits for sources.
const gatherFor = 2 * time.Minute

// handled reports whether nothing is left to do for a day by itself: its issue
// is on its way, or its hour passed without one.
func (s *server) handled(ctx context.Context, day digest.Day) (bool, error) {
	issue, err := s.store.Issue(ctx, digest.Daily, day)
	if errors.Is(err, digest.ErrNoIssue) {
		return false, nil
	}
	if err != nil || issue.State == digest.Draft {
		return issue.Held, err
	}
	if issue.State != digest.Sending {
		return true, nil
	}
	// Frozen by a run that died before all recipients were written?
	mailing, err := s.outbox.IssueMailing(ctx, issue.ID)
	return err == nil && !mailing.PlannedAt.IsZero(), nil
}

func (s *server) publish(ctx context.Context, day digest.Day) error {
	// What is slow comes a day late and not the issue.
	fresh, cancel := context.WithTimeout(ctx, gatherFor)
	if err := s.gather(fresh); err != nil {
		s.log.Warn("not all sources were read before the issue", "error", err)
	}
	cancel()
	reading := s.readNumbersAgain(ctx, day)
	issue, err := s.pipeline.Publish(ctx, digest.Daily, day)
	if errors.Is(err, pipeline.ErrTooFew) {
		s.log.Info("no issue today", "day", day, "reason", err)
		_, err = s.store.Skip(ctx, digest.Daily, day, err.Error())
		return err
	}
	if errors.Is(err, pipeline.ErrHeld) {
		return nil // a moment ago; whoever releases it lets it go on
	}
	if err != nil {
		return err
	}
	s.log.Info("issue is going out", "day", day, "subject", issue.Subject, "stories", len(issue.Stories))
	s.wakeWorker()
	s.tellFindings(ctx, issue, reading)
	return nil
}

// readNumbersAgain reads the publisher's table, but not at each of the tries that
// an issue which is not fit to be sent has every half a minute.
func (s *server) readNumbersAgain(ctx context.Context, day digest.Day) pipeline.NumbersReading {
	if s.now().Sub(s.numbersAt) < numbersEvery {
		return s.numbers
	}
	s.numbers, s.numbersAt = s.readNumbers(ctx, day), s.now()
	return s.numbers
}

// overdue is how late an issue may be made without anybody being told.
const overdue = 15 * time.Minute

var errUnreadable = errors.New("the database cannot be read")

// ready says, to anybody, why the program is not doing its work.
func (s *server) ready(ctx context.Context, plan schedule.Plan) error {
	day, due := plan.Due(s.now().Add(-overdue))
	if !due {
		day = s.today()
	}
	done, err := s.handled(ctx, day)
	switch {
	case err != nil:
		s.log.Error("not ready", "error", err)
		return errUnreadable
	case due && !done:
		return fmt.Errorf("the issue of %s is overdue", day)
	}
	return nil
}
