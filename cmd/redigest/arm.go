package main

import (
	"context"
	"fmt"

	"redigest/subscribers/delivery"
)

// arming is whether real mail may leave from here.
func (a *app) arming() *delivery.Arming {
	return delivery.NewArming(a.db, delivery.Place{
		Machine:  delivery.Machine(),
		Database: a.db.Path(),
		BaseURL:  a.config.Site.BaseURL,
	}, a.now)
}

type armCommand struct{}

func (armCommand) example() string { return "redigest arm" }

// Run lets real mail leave.
func (armCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		if err := a.arming().Arm(ctx); err != nil {
			return err
		}
		if name := relayName(a.config); name != mailboxRelay {
			fmt.Fprintf(std.out, "armed: this machine mails from %s through %s\n", a.db.Path(), name)
			return nil
		}
		fmt.Fprintln(std.out, "armed, but no relay is named under mail.relays: mail goes to the built-in mailbox and reaches nobody")
		return nil
	})
}

type disarmCommand struct{}

func (disarmCommand) example() string { return "redigest disarm" }

// Run stops real mail.
func (disarmCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		if err := a.arming().Disarm(ctx); err != nil {
			return err
		}
		fmt.Fprintln(std.out, "disarmed: nothing more is mailed to a relay beyond this machine; what is owed stays in the outbox")
		return nil
	})
}
