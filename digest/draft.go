package digest

import (
	"strconv"
	"strings"
)

// A draft is an issue while its stories are written into it one by one.
type draft struct {
	in     Input
	issue  Issue
	main   []string // sections of the Markdown
	brief  []Story  // told by their headline alone
	full   []string // sections of the full text
	short  int      // how many were shortened
	beyond int      // how many are due and not in it
}

// write writes the issue of stories in their order at a step of shortening.
// beyond is how many more are due.
func write(in Input, ordered []Story, step, beyond int) Issue {
	d := draft{in: in, beyond: beyond, issue: Issue{
		Edition: in.Edition, Day: in.Day, Number: in.Number, State: Draft, CutoffAt: in.CutoffAt,
	}}
	for i, s := range ordered {
		shown, fits := shownAt(i, len(ordered), step)
		switch {
		case !fits:
			d.beyond++
		case i == 0:
			d.tell(s, Lead, shown)
		default:
			d.tell(s, Worth, shown)
		}
	}
	if len(ordered) > 0 {
		d.issue.Subject = subject(ordered[0])
		d.issue.Preheader = preheader(ordered)
	}
	return d.finish()
}

// tell adds one story.
func (d *draft) tell(s Story, role Role, shown Shown) {
	d.issue.Stories = append(d.issue.Stories, Place{StoryID: s.ID, Title: s.Title, Role: role, Shown: shown})
	if s.URL == "" && s.Body != "" {
		s.URL = d.in.PageURL + "#" + anchor(s)
		d.full = append(d.full, fullText(s))
	}
	if shown == Headline && role != Lead {
		d.brief = append(d.brief, s)
		return
	}
	if shown != InFull {
		d.short++
	}
	d.main = append(d.main, section(s, shown))
}

func (d *draft) finish() Issue {
	if len(d.brief) > 0 {
		d.main = append(d.main, inBrief(d.brief))
	}
	if d.beyond > 0 {
		d.main = append(d.main, "*And "+count(d.beyond, "more story", "more stories")+", to follow.*")
	}
	d.issue.Markdown = strings.Join(d.main, "\n\n")
	d.issue.FullText = strings.Join(d.full, "\n\n")
	d.issue.Cut = d.cut()
	return d.issue
}

// cut says what was shortened or left out.
func (d *draft) cut() (lines []string) {
	for _, c := range []struct {
		n    int
		what string
	}{{d.short, "shortened"}, {len(d.brief), "as headline only"}, {d.beyond, "left for the next issue"}} {
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
