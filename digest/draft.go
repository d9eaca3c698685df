package digest

import (
	"slices"
	"strings"
)

// A draft is an issue while it is written from top to bottom.
type draft struct {
	in    Input
	issue Issue
	names naming   // which companies were not yet named
	main  []string // sections of the Markdown
	full  []string // sections of the full text

	short, bare, beyond int      // how many stories were shortened, bare headlines, left out
	cut                 []string // what else was left out
}

// A told story is one with its role in an issue, and how much of it is told.
type told struct {
	Story
	role  Role
	shown Shown
	one   string // the one fact that is told of it, before anything is shortened
	alone bool   // nothing stands beside it: all of it is told
	apart bool   // it has a section of its own, as the lead has
}

// tell returns stories, which are in their order, with what there is to tell of
// each where the mail has room for all.
func tell(ordered []Story, language string) []told {
	all := roles(ordered)
	stories := make([]told, len(ordered))
	for i, s := range ordered {
		t := told{Story: s, role: all[i], shown: InFull, one: s.factAs(all[i], language), alone: len(ordered) == 1}
		t.apart = t.role == Worth && !slices.Contains(all[2:], Worth)
		stories[i] = t
	}
	return stories
}

// write writes the issue of stories in their order. beyond is how many more are
// due than it takes.
func write(in Input, stories []told, f fit, beyond int) Issue {
	d := draft{in: in, names: naming{companies: in.Companies}, beyond: beyond, issue: Issue{
		Edition: in.Edition, Day: in.Day, Number: in.Number, State: Draft, CutoffAt: in.CutoffAt,
	}}
	d.add(numbersLine(in))
	d.stories(stories, f)
	if d.beyond > 0 {
		d.add("*And " + count(d.beyond, "more story", "more stories") + ", to follow.*")
	}
	d.numbers(f)
	d.add(corrections(in))
	d.add(sponsor(in))
	if len(stories) > 0 {
		d.issue.Subject = subject(stories[0].Story, in.Language)
		d.issue.Preheader = preheader(stories)
	}
	d.issue.Markdown = strings.Join(d.main, "\n\n")
	d.issue.FullText = strings.Join(d.full, "\n\n")
	d.issue.Cut = append(d.counted(), d.cut...)
	return d.issue
}

// add adds a section to the Markdown, unless it is empty.
func (d *draft) add(section string) {
	if section != "" {
		d.main = append(d.main, section)
	}
}

// stories writes those that fit, by their roles.
func (d *draft) stories(stories []told, f fit) {
	byRole := map[Role][]told{}
	for i, t := range stories {
		var fits bool
		if t.shown, fits = f.shown(i); !fits {
			d.beyond++
			continue
		}
		byRole[t.role] = append(byRole[t.role], t)
	}
	for _, lead := range byRole[Lead] {
		d.add(d.section(lead))
	}
	d.worth(byRole[Worth])
	d.brief(byRole[Brief])
	d.elsewhere(byRole[Elsewhere])
}

// worth writes the stories below the lead. A day of two has two that are told
// alike: a name above one story would be odd.
func (d *draft) worth(stories []told) {
	if len(stories) == 1 {
		d.add(d.section(stories[0]))
		return
	}
	for i, t := range stories {
		if i == 0 {
			d.add("## Worth your time")
		}
		s := d.place(t)
		d.add("### " + link(s.Title, s.URL))
		d.add(EscapeMarkdown(d.names.in(t.fact())))
	}
}

// brief writes the rest of the publisher's stories, by topic.
func (d *draft) brief(stories []told) {
	for i, g := range byTopic(stories) {
		if i == 0 {
			d.add("## In brief")
		}
		if g.name != "" {
			d.add("### " + EscapeMarkdown(g.name))
		}
		d.list(g.told, func(t told) string {
			return EscapeMarkdown(d.names.within(t.fact(), briefWords))
		})
	}
}

// elsewhere writes the stories of others, whose words stay as they are.
func (d *draft) elsewhere(stories []told) {
	if len(stories) > 0 {
		d.add("## Elsewhere")
		d.list(stories, func(t told) string {
			return strings.TrimSpace("*" + EscapeMarkdown(closedName(t.Outlet)) + "* " + EscapeMarkdown(t.fact()))
		})
	}
}

// list writes stories as a list, each with a line below its headline.
func (d *draft) list(stories []told, below func(told) string) {
	var items []string
	for _, t := range stories {
		t.Story = d.place(t)
		item := "- " + link(t.Title, t.URL)
		if line := below(t); line != "" {
			item += "\\\n  " + line
		}
		items = append(items, item)
	}
	d.add(strings.Join(items, "\n"))
}
