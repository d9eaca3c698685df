// Package smtptest is the far end of the wire for tests: a mail server that
// does what a script tells it, at any point of the conversation, and remembers
// who got what.
//
// It counts a message as taken once it has read its final dot, unless its
// answer is a refusal. So what it says was taken is the truth that a sender's
// account is compared with, even when the sender never heard the answer.
//
// For speed there are a [Sink], which takes everything and keeps nothing, if
// need be in a process of its own, and [Flood], the plainest fast sender.
package smtptest
