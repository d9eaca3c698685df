// Package delivery takes mail out of the outbox and hands it to the relays.
//
// The order of commits is the whole point. A delivery is marked as handed,
// durably and only if it is still wanted, before the first octet of its body
// goes out; what became of it is committed together with the mark of the next
// one on that line. So a crash leaves at most one mail per line of which nobody
// can know, and nobody gets a second copy. That holds only while one process
// delivers, so a [Worker] runs under the [Lock].
package delivery
