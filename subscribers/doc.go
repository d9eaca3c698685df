// Package subscribers keeps the mailing list: who asked for the digest, who
// proved it, who left, and which mail is still owed to whom.
//
// An address is pending until its owner confirms it, and only a confirmed
// subscriber is ever sent an issue. A suppression beats everything. The outbox
// lives here too, so that “who is owed this” and “still wanted?” are one
// statement, and a confirmation mail is written in the transaction that makes
// the pending subscriber. What follows from mail that comes back is decided here
// as well, in the transaction that writes it down. Of an issue the package knows
// only the ID.
package subscribers
