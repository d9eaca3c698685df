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
	s.setWorker(sender.worker)
	defer s.setWorker(nil)
	return s.whileAllowed(ctx, sender, sender.worker.Run)
}

func (s *server) setWorker(w *delivery.Worker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.worker = w
}
