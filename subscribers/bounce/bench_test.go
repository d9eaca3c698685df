package bounce

import "testing"

// One turn reads all mails of testdata.
func BenchmarkParse(b *testing.B) {
	all := mails(b)
	b.ReportAllocs()
	for b.Loop() {
		for _, raw := range all {
			Parse(raw)
		}
	}
}
