package mail_test

import (
	"strings"
	"testing"

	"redigest/subscribers/mail"
)

// heavy is an issue of the weight of a full day: about 60 kB.
func heavy() mail.Letter {
	l := issue()
	l.Text += strings.Repeat("A sentence of the day’s longest story, which goes on for a while.\n", 200)
	l.HTML += strings.Repeat("<p style=\"margin:0 0 1em\">A sentence of the day’s longest story.</p>\n", 500)
	return l
}

func BenchmarkBuild(b *testing.B) {
	l := heavy()
	for b.Loop() {
		if _, err := mail.Build(l); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	template := build(b, heavy())
	c := copyFor("reader@example.com")
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if buf, err = template.Append(buf[:0], c); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(buf)))
	}
}

func TestAppendAllocatesNothing(t *testing.T) {
	template := build(t, heavy())
	c := copyFor("reader@example.com")
	buf := fill(t, template, c.To)
	if n := testing.AllocsPerRun(100, func() { buf, _ = template.Append(buf[:0], c) }); n != 0 {
		t.Errorf("%v allocations a copy", n)
	}
}
