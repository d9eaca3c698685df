package render

import "testing"

func BenchmarkMailOfSeventeenStories(b *testing.B) {
	issue := issues(b)["seventeen"]
	b.ReportAllocs()
	for b.Loop() {
		body, err := Mail(issue, frame)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(body.HTML)), "HTML-bytes")
	}
}
