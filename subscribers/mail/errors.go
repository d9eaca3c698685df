package mail

import (
	"errors"
	"fmt"
)

// A Stage is a point in the conversation with a relay. A failure before
// [StageRcpt] is never the recipient's fault.
type Stage string

const (
	StageConnect  Stage = "connect"
	StageGreeting Stage = "greeting"
	StageHello    Stage = "hello"
	StageStartTLS Stage = "starttls" // also the handshake of a line that is TLS from the start
	StageAuth     Stage = "auth"
	StageMail     Stage = "mail"
	StageRcpt     Stage = "rcpt"
	StageData     Stage = "data" // the DATA command
	StageBody     Stage = "body" // the message itself, up to the answer to its final dot
)

// A Refusal is a no: the message was not taken, and that is certain. As an
// error it is always a *Refusal.
type Refusal struct {
	Stage Stage
	Reply

	// Local says that this program refused by itself, with the code that a
	// relay would have given, because asking could not have helped.
	Local bool
}

func (r *Refusal) Error() string {
	if r.Local {
		return fmt.Sprintf("not sent, at %s: %s", r.Stage, r.Reply)
	}
	return fmt.Sprintf("refused at %s: %s", r.Stage, r.Reply)
}

// Discreet is the refusal as it may stand in a log: once the relay has been
// told the recipient, its words may quote their address and are left out.
func (r *Refusal) Discreet() error {
	switch r.Stage {
	case StageRcpt, StageData, StageBody:
		bare := *r
		bare.Text = ""
		return &bare
	}
	return r
}

// Temporary reports whether the same may be tried again later (4xx).
func (r *Refusal) Temporary() bool { return r.Code/100 == 4 }

// A LineError says that the line to the relay could not be opened, or died
// before a message was handed over whole: it was not delivered. As an error it
// is always a *LineError.
type LineError struct {
	Stage Stage
	Relay string
	Err   error
}

func (e *LineError) Error() string {
	return fmt.Sprintf("line to %s, at %s: %v", e.Relay, e.Stage, e.Err)
}

func (e *LineError) Unwrap() error { return e.Err }

// ErrUncertain means that the final dot went out and no answer was understood:
// the message was accepted or it was not, and nobody can know.
var ErrUncertain = errors.New("the relay had the whole message and gave no answer")
