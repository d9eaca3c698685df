package main

import (
	"redigest/subscribers/delivery"
	"redigest/subscribers/mail"
)

// pacers returns the pace of those relays that the configuration bounds.
func (a *app) pacers(relays []mail.Relay) map[string]*delivery.Pacer {
	bounded := map[string]*delivery.Pacer{}
	for i, r := range a.config.Mail.Relays {
		if r.PerSecond == 0 && r.PerDay == 0 {
			continue
		}
		account := relays[i].Account()
		bounded[account] = delivery.NewPacer(a.outbox, account, delivery.Rate{PerSecond: r.PerSecond, PerDay: r.PerDay}, a.now)
	}
	return bounded
}

// pace returns the bound of a relay, nil for none.
func (s *sender) pace(r mail.Relay) delivery.Pace {
	if p := s.pacers[r.Account()]; p != nil {
		return p
	}
	return nil
}
