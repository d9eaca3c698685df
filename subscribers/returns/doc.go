// Package returns takes in mail that comes back: returned mails, complaints,
// automatic replies, and mail from those who leave by mail.
//
// It comes in by three doors that lead to one place, [Returns.Take]: a mailbox
// that is emptied over IMAP, a listener for SMTP of its own, and a pipe. At each
// of them a mail is let go only once what follows from it is committed. Whose
// mail it is, only a signed token says; what a mail claims besides that changes
// nothing. A mail that is not understood is left where it is, or refused,
// so that a person gets to see it.
package returns
