package smtptest

import (
	"maps"
	"slices"
	"sync"
)

// A Message is one that was taken, as it arrived.
type Message struct {
	From   string
	To     []string
	Data   []byte // dots no longer doubled
	Params string // of the MAIL command
	Conn   int
	TLS    bool
	User   string
}

// A record is what a server remembers.
type record struct {
	mu       *sync.Mutex
	messages []Message
	taken    map[string]int
	named    map[string]int
	octets   int64
}

func newRecord() record {
	return record{mu: new(sync.Mutex), taken: map[string]int{}, named: map[string]int{}}
}

// Messages returns the messages that were taken, in order, if the server keeps
// them.
func (r *record) Messages() []Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.messages)
}

// Taken returns how many messages were taken for each recipient.
func (r *record) Taken() map[string]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.taken)
}

// Recipients returns for how many addresses a message was taken.
func (r *record) Recipients() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.taken)
}

// Twice returns the addresses for which more than one message was taken, sorted.
func (r *record) Twice() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var twice []string
	for to, n := range r.taken {
		if n > 1 {
			twice = append(twice, to)
		}
	}
	slices.Sort(twice)
	return twice
}

// Named returns how often an address was named in RCPT, whatever came of it.
func (r *record) Named(address string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.named[address]
}

// Octets returns the size of all messages that were taken.
func (r *record) Octets() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.octets
}

func (r *record) name(address string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.named[address]++
	return r.named[address]
}

func (r *record) take(m Message, size int64, keep bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, to := range m.To {
		r.taken[to]++
	}
	r.octets += size
	if keep {
		r.messages = append(r.messages, m)
	}
}
