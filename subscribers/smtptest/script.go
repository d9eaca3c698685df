package smtptest

import "time"

// A Stage is the point of the conversation that a script is asked about.
type Stage string

const (
	Greeting Stage = "greeting"
	Hello    Stage = "hello"
	StartTLS Stage = "starttls"
	Auth     Stage = "auth"
	Mail     Stage = "mail"
	Rcpt     Stage = "rcpt"
	Data     Stage = "data"
	Body     Stage = "body" // the final dot has been read
	Reset    Stage = "reset"
	Quit     Stage = "quit"
)

// An Event is what a script decides about.
type Event struct {
	Stage   Stage
	Conn    int    // which connection to this server, from 1
	Message int    // which MAIL of the connection, from 1; 0 before the first
	From    string // once MAIL has named it
	To      string // at Rcpt, Data and Body: the last recipient named
	Attempt int    // at Rcpt, Data and Body: how often this recipient has been named to this server, from 1
	Line    string // the command
}

// An Answer is what the server does. The zero Answer is the usual, friendly one.
type Answer struct {
	// Reply is sent as it is, with a line end. It may have several lines,
	// parted by \r\n. Empty: the usual reply.
	Reply string

	Until <-chan struct{} // wait for this before answering
	Delay time.Duration   // and this long
	Split bool            // send the reply octet by octet

	Silent bool // say nothing, and leave the line open
	Drop   bool // say nothing, and close the line
	Close  bool // say it, and close the line

	// CutBody, at Data, says go ahead, reads so many octets of the message and
	// drops the line; Reply, if there is one, is said just before.
	CutBody int

	// Lost, at Body, says that the message was not taken although no refusal
	// is sent, as when a server dies before it has stored it.
	Lost bool
}

// Refuse answers one stage with a reply and everything else as usual.
func Refuse(s Stage, reply string) func(Event) Answer { return At(s, Answer{Reply: reply}) }

// At gives one answer at one stage and the usual ones elsewhere.
func At(s Stage, a Answer) func(Event) Answer {
	return func(e Event) Answer {
		if e.Stage == s {
			return a
		}
		return Answer{}
	}
}
