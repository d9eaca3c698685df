package delivery

import (
	"context"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/mail"
)

// A RelayState is how a relay stands with us.
type RelayState string

const (
	RelayOpen    RelayState = "open"    // it takes mail
	RelayResting RelayState = "resting" // it failed and is left alone for a while
	RelayStopped RelayState = "stopped" // somebody has to see to it; it is tried rarely, or no more in this turn
)

// A Meter is told what a [Worker] does, as it happens and by many goroutines at
// once. Its methods must not wait: mail waits for them.
type Meter interface {
	// Settled is one delivery that has come into a state and was written down.
	Settled(state subscribers.State)
	// Answered is one answer that decided something: class is its first digit,
	// 0 where the line died without one. Of a mail that was taken it is the
	// answer to its final dot.
	Answered(relay string, stage mail.Stage, class int)
	// Waited is how long a line waited for a relay at a stage. Where commands go
	// out together they are waited for together: that time counts for the last.
	Waited(relay string, stage mail.Stage, d time.Duration)
	// Committed is one transaction of the ledger, with the entries of so many
	// lines, and how long it took.
	Committed(entries int, d time.Duration)
	// RelayState is a relay that has come into a state.
	RelayState(relay string, state RelayState)
}

// noMeter is told everything and keeps nothing.
type noMeter struct{}

func (noMeter) Settled(subscribers.State)                {}
func (noMeter) Answered(string, mail.Stage, int)         {}
func (noMeter) Waited(string, mail.Stage, time.Duration) {}
func (noMeter) Committed(int, time.Duration)             {}
func (noMeter) RelayState(string, RelayState)            {}

// A Pace bounds how much mail a relay is given. The lines to that relay share
// it, so it may be used by many goroutines. Every time that Try reports true or
// Wait returns nil, one message may be offered.
type Pace interface {
	// Try reports whether a message may be offered right now. It does not wait.
	Try() bool
	// Wait waits until a message may be offered. It returns an error when ctx is
	// done; a [*UsedUpError] when it would be long: the relay is then left alone;
	// and any other when the bound cannot be kept: the turn then ends. What is
	// owed stays in the outbox.
	Wait(ctx context.Context) error
}

// noPace is no bound.
type noPace struct{}

func (noPace) Try() bool                      { return true }
func (noPace) Wait(ctx context.Context) error { return ctx.Err() }
