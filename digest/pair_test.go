package digest

import (
	"testing"
	"time"
)

// A story that was read within a minute of appearing has a time of its own all
// the same: with a new address and headline it is still that story.
func TestAStoryReadAtOnceIsKnownByItsGUIDAndTime(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 2, 3, 10, 0, 0, 0, time.UTC)
	p := pair{
		seen:   Story{Title: "Beijing Tightens Licences", PublishedAt: at, FirstSeenAt: at.Add(2 * time.Hour)},
		stored: Story{Title: "China Curbs Terbium", PublishedAt: at, FirstSeenAt: at.Add(30 * time.Second)},
		zone:   time.UTC, guid: true,
	}
	if !p.same() {
		t.Error("it counts as another story")
	}
	p.seen.FirstSeenAt = at // undated: it was given the moment of reading
	if p.same() {
		t.Error("an undated story counts as one of the same moment")
	}
}
