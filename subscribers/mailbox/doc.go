// Package mailbox is the built-in mail server: it takes mail over SMTP on
// loopback and keeps it as a Maildir, where it can be looked at.
//
// It delivers to nobody. Whatever it takes stays on this machine, and whoever
// can read the mailbox can act for every reader in it.
package mailbox
