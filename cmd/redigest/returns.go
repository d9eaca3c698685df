package main

import (
	"context"
	"fmt"

	"redigest/subscribers/returns"
)

// returns is what takes in mail that comes back.
func (a *app) returns() *returns.Returns {
	return returns.New(a.list, returns.Options{ReturnPath: a.config.Mail.Path(), Log: a.log})
}

// listenReturned takes in mail that comes back straight over SMTP, where the
// configuration wants that, until the function that it returns is called.
func (a *app) listenReturned() (stop func(), err error) {
	if a.config.Mail.Returned.Listen == "" {
		return func() {}, nil
	}
	l, err := a.returns().Listen(a.config.Mail.Returned.Listen)
	if err != nil {
		return nil, fmt.Errorf("mail.returned.listen: %w", err)
	}
	return func() {
		if err := l.Close(); err != nil {
			a.log.Warn("closing the listener for returned mail", "error", err)
		}
	}, nil
}

// emptyMailbox takes in what lies in the mailbox for returned mail.
func (s *server) emptyMailbox(ctx context.Context) error {
	account, ok := s.config.Mail.Returned.Account()
	if !ok {
		return nil
	}
	done, err := s.returns().Empty(ctx, account)
	if done != (returns.Tally{}) {
		s.log.Info("the mailbox for returned mail was emptied", "taken", done.Taken, "left", done.Kept)
	}
	return err
}
