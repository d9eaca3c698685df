// Package delivery takes mail out of the outbox and hands it to the relays.
//
// The order of commits is the whole point. A delivery is marked as handed,
// durably and only if it is still wanted, before the first octet of its body
// goes out; what became of it is committed together with the mark of the next
// one on that line. So a crash leaves at most one mail per line of which nobody
// can know, or as many as the operator has allowed to be in flight, and nobody
// gets a second copy. That holds only while one process delivers, so a [Worker]
// runs under the [Lock].
//
// A message is offered to the relay before it is marked, in the same write as
// the body of the one before it. To offer says who it is for and nothing more:
// when the mark is not granted, because the reader has just left, the line is
// dropped while the relay waits for the body, and no octet of it goes out. Whom
// the relay refuses then was never marked.
//
// The entries of all lines that come in while one transaction is committed
// share the next, so that durability costs less the more is to be done.
package delivery
