// Package mail makes messages and hands them to a relay. It is the only door
// to the library that builds mail and speaks SMTP.
//
// A message is built once, by [Build], and filled in for each reader by
// [Template.AppendWire], with its signatures (DKIM) if the letter has a
// [Signer]; it goes out over a [Conn]. What its methods return says what is
// known, and a caller must keep three answers apart: a [Refusal] (the relay or
// this program said no), [ErrUncertain] (the relay had the whole message and
// did not answer: it must never be sent again by itself), and a [LineError]
// (the line died before that: the message was not delivered).
package mail
