package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"redigest/digest"
	"redigest/digest/feed"
	"redigest/digest/render"
	"redigest/subscribers/mail"
)

const leave = "https://news.example.org/unsubscribe/" + mail.TokenPlace

// A sample is an issue with its parts, which a test spoils in one place.
type sample struct {
	subject, html, text string
	stories             []digest.Story
	address             string
	leaves              bool
}

// sound returns a sample with nothing wrong.
func sound() sample {
	return sample{
		subject: "Terbium gets dearer",
		html: `<html><head><title>t</title><style>td{x:y}</style></head><body><h1>Daily</h1><p>You signed up on ` + mail.SincePlace + `.</p>
			<h2><a href="https://www.example.org/terbium/?a=1&amp;b=2">Terbium “Gets” <em>Dear</em>er</a></h2><p>One fact.</p>
			<h2><a href="https://www.example.org/holmium">Holmium — Too</a></h2><p><a href="https://forum.example.org/1">Discuss</a></p>
			<p>1 Street<br>Sampletown</p><a href="` + leave + `">Unsubscribe</a></body></html>`,
		text: "Daily\n=====\nYou signed up on " + mail.SincePlace + ".\n\nTerbium “Gets”\nDearer\n  https://www.example.org/terbium/?a=1&b=2\n  One fact.\n\n" +
			"Holmium -- Too\n  https://www.example.org/holmium\n  Discuss [1] (https://forum.example.org/1).\n\n-- \n1 Street\nSampletown\n" + leave + "\n",
		stories: []digest.Story{
			{ID: 1, Title: "Terbium \"Gets\" Dearer", URL: "https://www.example.org/terbium/?a=1&b=2", Highlights: []string{"One fact."}},
			{ID: 2, Title: "Holmium — Too", URL: "https://www.example.org/holmium", Outlet: "Far Away Times"},
		},
		address: "1 Street\nSampletown\n",
	}
}

func (s sample) examined() examined {
	issue := digest.Issue{Subject: s.subject}
	for _, story := range s.stories {
		issue.Stories = append(issue.Stories, digest.Place{StoryID: story.ID, Title: story.Title})
	}
	return examined{
		Issue: issue, Stories: s.stories, Frame: render.Frame{PostalAddress: s.address, UnsubscribeURL: leave}, Leaves: s.leaves,
		html: readHTML(s.html), text: readText(s.text),
	}
}

// say writes words into both parts.
func (s *sample) say(words string) {
	s.html = strings.Replace(s.html, "One fact.", words, 1)
	s.text = strings.Replace(s.text, "One fact.", words, 1)
}

func TestWhatIsWrongWithAnIssueIsFound(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		spoil func(*sample)
		want  []string // severity, check and where
	}{
		"nothing is wrong": {func(*sample) {}, nil},

		"it is so long that it is clipped": {
			func(s *sample) { s.html += strings.Repeat("<!---->", 14_000) },
			[]string{"stop size the HTML part"},
		},
		"the HTML part tells nothing": {
			func(s *sample) {
				s.html = `<h1>Daily</h1><a href="https://www.example.org/terbium/?a=1&amp;b=2"></a><a href="https://www.example.org/holmium"></a>
					<a href="https://forum.example.org/1"></a><p>1 Street<br>Sampletown</p><a href="` + leave + `">Unsubscribe</a>`
			},
			[]string{"stop empty the HTML part"},
		},
		"the text part is empty": {
			func(s *sample) { s.text = " \n" },
			[]string{"stop empty the text part", "stop unsubscribe the text part", "warning address the text part",
				"warning parts the text part", "warning parts the text part", "warning parts the text part", "warning parts the text part"},
		},
		"what stands in the style sheet alone is not shown": {
			func(s *sample) {
				s.html = strings.NewReplacer("<h2>", "<style>", "</h2>", "</style>").Replace(s.html)
				s.text = strings.NewReplacer("https://www.example.org/terbium/?a=1&b=2", "", "https://www.example.org/holmium", "").Replace(s.text)
			},
			[]string{"stop empty the HTML part"},
		},
		"one story that is told will do":  {func(s *sample) { s.stories[1].Title = "Something Else" }, nil},
		"there is no subject":             {func(s *sample) { s.subject = " " }, []string{"stop subject the subject"}},
		"a subject of 60 characters":      {func(s *sample) { s.subject = strings.Repeat("ä", 60) }, nil},
		"a subject of 61 characters":      {func(s *sample) { s.subject = strings.Repeat("ä", 61) }, []string{"warning subject the subject"}},
		"a subject like that of a reply":  {func(s *sample) { s.subject = "RE: Terbium" }, []string{"warning subject the subject"}},
		"a subject with a colon":          {func(s *sample) { s.subject = "Rebound: Terbium" }, nil},
		"the HTML part has no way out":    {func(s *sample) { s.html = strings.ReplaceAll(s.html, "unsubscribe", "u") }, []string{"stop unsubscribe the HTML part", "warning parts the text part", "warning parts the HTML part"}},
		"the text part has no way out":    {func(s *sample) { s.text = strings.ReplaceAll(s.text, leave, "") }, []string{"stop unsubscribe the text part", "warning parts the text part"}},
		"a token whose letters changed":   {func(s *sample) { s.html += strings.ToUpper(mail.TokenPlace) }, []string{"stop place the HTML part"}},
		"a token in which a line breaks":  {func(s *sample) { s.text += mail.TokenPlace[:30] + "\n" + mail.TokenPlace[30:] }, []string{"stop place the text part"}},
		"a token that is cut off":         {func(s *sample) { s.text += mail.TokenPlace[:30] }, []string{"stop place the text part"}},
		"a day in which a line breaks":    {func(s *sample) { s.text += mail.SincePlace[:5] + "\n" + mail.SincePlace[5:] }, []string{"stop place the text part"}},
		"a number that is like such days": {func(s *sample) { s.text += "9304-75 and 04-75-86" }, nil},

		"on this machine the postal address may be missing": {
			func(s *sample) { s.html = strings.ReplaceAll(s.html, "Sampletown", "") },
			[]string{"warning address the HTML part"},
		},
		"beyond this machine it may not": {
			func(s *sample) { s.html, s.leaves = strings.ReplaceAll(s.html, "1 Street", ""), true },
			[]string{"stop address the HTML part"},
		},
		"nor may nobody have set it": {
			func(s *sample) { s.address, s.leaves = " \n", true },
			[]string{"stop address both parts"},
		},
		"a picture without words": {
			func(s *sample) { s.html += `<img src="https://www.example.org/a.png">` },
			[]string{"warning alt the HTML part"},
		},
		"a picture that only decorates": {func(s *sample) { s.html += `<img src="https://www.example.org/a.png" alt="">` }, nil},
		"a link in one part alone": {
			func(s *sample) { s.html += `<a href="https://a.example/">a</a>`; s.text += "https://b.example/" },
			[]string{"warning parts the text part", "warning parts the HTML part"},
		},
		"an anchor that leads nowhere":          {func(s *sample) { s.html += `<a name="x" href="">x</a>` }, nil},
		"an address among the words of a story": {func(s *sample) { s.say("See https://a.example/b, he said.") }, nil},
		"the same address, written in another way": {func(s *sample) {
			s.html += `<a href="https://a.example/%C3%BC">ü</a>`
			s.text += "https://a.example/ü"
		}, nil},
		"a mail address that only one part leads to": {func(s *sample) { s.html += `<a href="mailto:x@a.example">x</a>` }, []string{"warning parts the text part"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sound()
			tt.spoil(&s)
			found := examine(s.examined())
			if got := inShort(found); !slices.Equal(got, tt.want) {
				t.Errorf("found is\n%s\nwant\n%s\n%+v", strings.Join(got, "\n"), strings.Join(tt.want, "\n"), found)
			}
		})
	}
}

func inShort(found []Finding) (lines []string) {
	for _, f := range found {
		if f.What == "" || f.Do == "" {
			f.Where += " (what is wrong, or what to do, is not said)"
		}
		lines = append(lines, fmt.Sprint(f.Severity, " ", f.Check, " ", f.Where))
	}
	return lines
}

func TestWhatWasToBeFilledInStopsAnIssue(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"{{", "{{ .Title }} rises", "Dear {{name}}", "Dear *|FNAME|*", "Lorem ipsum dolor", "LOREM IPSUM", "[[headline]]", "It has %s tonnes",
		"%d", "%!s(MISSING) of it", "It is <no value> today", "TODO", "TODO: ask Lynas", "Ask Lynas (TODO)", "FIXME later", "TKTK", "TODO el mercado",
	} {
		s := sound()
		s.say(strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(text))
		s.text = strings.NewReplacer("&lt;", "<", "&gt;", ">").Replace(s.text)
		found := examine(s.examined())
		if !slices.ContainsFunc(found, func(f Finding) bool { return f.Check == CheckPlaceholder && f.Severity == Stop }) {
			t.Errorf("%q is not found: %+v", text, found)
		}
	}
}

func TestWhatOnlyLooksLikeAPlaceholderIsLeftAlone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"{Dy, Tb}", "[1] and [2]", "It rose 5 % so far", "It rose 100%.", "https://a.example/%d0%b0/%s", "What to do", "Todo el mercado", "TODO SOBRE LAS TIERRAS RARAS",
		"NUEVO MÉTODO DE SEPARACIÓN", "Método", "GARANTÍA SOBRE TODO", "A*B*C", "ipsum", "|a|b|", "40%s",
	} {
		s := sound()
		s.say(text)
		if found := placeholders(s.examined()); len(found) > 0 {
			t.Errorf("%q is taken for one: %+v", text, found)
		}
	}
}

func TestAPlaceholderInAnAddressIsFound(t *testing.T) {
	t.Parallel()
	s := sound()
	s.html += `<a href="https://a.example/%7B%7Bslug%7D%7D">a</a>`
	s.text += "https://a.example/%7B%7Bslug%7D%7D"
	if found := inShort(examine(s.examined())); !slices.Equal(found, []string{"stop placeholder the HTML part", "stop placeholder the text part"}) {
		t.Errorf("found is %q", found)
	}
}

// What the publisher's own people wrote they can mend. What a foreign source
// writes must not keep the publisher's mail back.
func TestAPlaceholderIsThatOfTheStoryItComesFrom(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		story int
		want  string
	}{
		"an own story stops the issue":   {0, "stop placeholder the story “Terbium \"Gets\" Dearer”"},
		"a foreign one is warned about":  {1, "warning placeholder the story “Holmium — Too”"},
		"what surrounds them stops both": {-1, "stop placeholder the HTML part"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sound()
			s.say("It is {{ “about” }} to rise.") // tidied on its way into the mail
			if tt.story >= 0 {
				s.stories[tt.story].Summary = `It is {{ "about"  }} to rise.`
			}
			found := inShort(examine(s.examined()))
			if len(found) == 0 || found[0] != tt.want || tt.story >= 0 && len(found) > 1 {
				t.Errorf("found is %q, want %q", found, tt.want)
			}
		})
	}
}

func TestWhatIsMeantOnlyWarns(t *testing.T) {
	t.Parallel()
	c := Checkup{Findings: []Finding{{Stop, CheckPlaceholder, "a", "b", "c"}, {Stop, CheckEmpty, "a", "b", "c"}, {Warning, CheckLink, "a", "b", "c"}}}
	meant := c.Meant(CheckPlaceholder)
	if got := inShort(meant.Stops()); !slices.Equal(got, []string{"stop empty a"}) {
		t.Errorf("it is stopped for %q", got)
	}
	if len(c.Stops()) != 2 || len(meant.Warnings()) != 2 || meant.Findings[0].Check != CheckEmpty {
		t.Errorf("what stops is not first, or the first account changed: %+v, %+v", c, meant)
	}
}

func TestOfAHostThatDoesNotAnswerOneLinkSpeaksForAll(t *testing.T) {
	t.Parallel()
	gone := "its server answers 410 Gone"
	found := deadLinks([]feed.Probe{
		{URL: "https://a.example/1", Verdict: feed.Broken, Reason: "no answer"},
		{URL: "https://b.example/1", Verdict: feed.Broken, Status: 410, Reason: gone},
		{URL: "https://a.example/2", Verdict: feed.Broken, Reason: "no answer"},
		{URL: "https://b.example/2", Verdict: feed.Broken, Status: 410, Reason: gone},
		{URL: "https://a.example/3", Verdict: feed.Broken, Reason: "no answer"},
		{URL: "https://c.example/", Verdict: feed.Broken, Reason: "no answer"},
		{URL: "https://d.example/", Verdict: feed.Blocked, Status: 403, Reason: "its server answers 403 Forbidden"},
		{URL: "https://d.example/2", Verdict: feed.Unasked},
		{URL: "https://e.example/", Verdict: feed.Answers, Status: 200},
	})
	var got []string
	for _, f := range found {
		got = append(got, f.Where+": "+f.What)
	}
	want := []string{
		"https://a.example/1: no answer; the same for 2 more links there",
		"https://b.example/1: " + gone, "https://b.example/2: " + gone, "https://c.example/: no answer",
	}
	if !slices.Equal(got, want) {
		t.Errorf("found is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// FuzzExamine looks over any parts at all: nothing that stands in them may end
// the program at six in the morning, and what is found is said whole.
func FuzzExamine(f *testing.F) {
	s := sound()
	f.Add(s.subject, s.html, s.text, s.stories[0].Title)
	f.Add("", "<p>{{", "%!s(", "TODO")
	f.Add("Re:", `<a href="%zz"><img src="x">`, "https://[::1", "[[x]]")
	f.Fuzz(func(t *testing.T, subject, html, text, title string) {
		s := sound()
		s.subject, s.html, s.text, s.stories[0].Title = subject, html, text, title
		for _, found := range examine(s.examined()) {
			if found.Where == "" || found.What == "" || found.Do == "" || found.Severity != Stop && found.Severity != Warning {
				t.Errorf("it is not said whole: %+v", found)
			}
		}
		for _, p := range []part{readHTML(html), readText(text)} {
			if p.words != strings.Join(strings.Fields(p.words), " ") {
				t.Errorf("%s does not stand on one line: %q", p.name, p.words)
			}
		}
	})
}
