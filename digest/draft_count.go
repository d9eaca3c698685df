package digest

import "strconv"

// place gives a story its place in the issue, and returns it with the address
// that its headline leads to.
func (d *draft) place(t told) Story {
	t.shown = t.really()
	d.issue.Stories = append(d.issue.Stories, Place{StoryID: t.ID, Title: t.Title, Role: t.role, Shown: t.shown})
	d.names.seen(t.Title)
	d.tally(t)
	switch {
	case t.URL != "":
	case t.Body != "":
		t.URL = d.in.PageURL + "#" + anchor(t.Story)
		d.full = append(d.full, fullText(t.Story))
	default: // there is no more to read than what stands here
		t.URL = d.in.PageURL
	}
	return t.Story
}

// really returns how much of the story is told when all is said: one that has
// nothing to lose is told in full.
func (t told) really() Shown {
	whole := t
	whole.shown = InFull
	if t.shown != InFull && t.body(nil) == whole.body(nil) {
		return InFull
	}
	return t.shown
}

// tally counts what the mail's size took from a story.
func (d *draft) tally(t told) {
	switch {
	case t.shown == InFull:
	case t.role == Lead && t.shown == Shortened:
		d.cut = append(d.cut, "the lead shortened")
	case t.role == Lead:
		d.cut = append(d.cut, "the lead as headline only")
	case t.shown == Shortened:
		d.short++
	default:
		d.bare++
	}
}

// counted says how many stories lost something.
func (d *draft) counted() (lines []string) {
	for _, c := range []struct {
		n    int
		what string
	}{{d.short, "shortened"}, {d.bare, "as headline only"}, {d.beyond, "left for the next issue"}} {
		if c.n > 0 {
			lines = append(lines, count(c.n, "story", "stories")+" "+c.what)
		}
	}
	return lines
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
