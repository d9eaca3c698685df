package render

import (
	"strings"
	"testing"

	"redigest/digest"
)

func BenchmarkMailOfSeventeenStories(b *testing.B) { benchmarkMail(b, issues(b)["seventeen"]) }

// BenchmarkMailOfTwoHundredStories renders more than a mail can hold, as it is
// done to find out how much of it fits.
func BenchmarkMailOfTwoHundredStories(b *testing.B) {
	issue := issues(b)["fifty"]
	story := "- [Europe’s marks for 2030: 10% mined, 40% processed, 25% recycled](https://news.example.org/2026/02/crma-marks/)\\\n" +
		"  Of Dy₂O₃ and Tb₄O₇ nearly all still comes from one country.\n"
	issue.Markdown += "\n\n## In brief\n\n" + strings.Repeat(story, 150)
	issue.Stories = make([]digest.Place, 200)
	benchmarkMail(b, issue)
}

func benchmarkMail(b *testing.B, issue digest.Issue) {
	b.ReportAllocs()
	for b.Loop() {
		body, err := Mail(issue, frame)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(body.HTML)), "HTML-bytes")
	}
}

func BenchmarkPageOfSeventeenStories(b *testing.B) {
	issue := issues(b)["seventeen"]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Page(issue.Markdown); err != nil {
			b.Fatal(err)
		}
	}
}
