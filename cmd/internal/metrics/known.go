package metrics

import (
	"maps"
	"sync"
	"sync/atomic"
)

// A known is a map that is read all the time and hardly ever grows: readers take
// no lock, and who adds makes a new map.
type known[K comparable, V any] struct {
	all atomic.Pointer[map[K]V]
	mu  sync.Mutex // held by who adds
}

// get returns the value of a key, which make makes the first time.
func (k *known[K, V]) get(key K, make func(K) V) V {
	if all := k.all.Load(); all != nil {
		if v, ok := (*all)[key]; ok {
			return v
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	grown := map[K]V{}
	if all := k.all.Load(); all != nil {
		if v, ok := (*all)[key]; ok {
			return v // another was faster
		}
		maps.Copy(grown, *all)
	}
	grown[key] = make(key)
	k.all.Store(&grown)
	return grown[key]
}
