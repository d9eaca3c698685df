package main

import (
	"context"
	"errors"

	"redigest/subscribers/delivery"
)

// deliverAlways delivers until ctx is done, whenever no other process does and
// mail may leave.
func (s *server) deliverAlways(ctx context.Context) {
	told := ""
	s.repeat(ctx, lockEvery, nil, "deliver", func(ctx context.Context) error {
		err := s.deliverWhileAllowed(ctx)
		switch {
		case errors.Is(err, delivery.ErrLocked), errors.Is(err, delivery.ErrDisarmed):
			if told != err.Error() {
				s.log.Warn("nothing is mailed from here", "reason", err)
				told = err.Error()
			}
			return nil
		}
		told = ""
		return err
	})
}

func (s *server) deliverWhileAllowed(ctx context.Context) (err error) {
	sender, err := s.startSending(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sender.close()) }()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go s.repeat(ctx, lockEvery, nil, "look at the arming", func(ctx context.Context) error {
		if err := s.arming().Allows(ctx, sender.relays); err != nil {
			stop(err)
		}
		return nil
	})
	s.setWorker(sender.worker)
	defer s.setWorker(nil)
	err = sender.worker.Run(ctx)
	if cause := context.Cause(ctx); errors.Is(cause, delivery.ErrDisarmed) {
		err = errors.Join(err, cause)
	}
	return err
}

func (s *server) setWorker(w *delivery.Worker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.worker = w
}
