package templates

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Colours are those that the publisher chooses, as #rrggbb. What is empty is as
// it was designed or follows from what is chosen: an accent for the dark is a
// lighter one of that for the light.
type Colours struct {
	Light, Dark ColourChoice
}

// A ColourChoice is what the publisher chooses for the light or for the dark.
type ColourChoice struct {
	Accent string // links, names of groups and buttons
	Paper  string // around the sheet
	Sheet  string // behind the stories
}

// leastContrast is that of text with what it stands on (WCAG 2.2, 1.4.3).
const leastContrast = 4.5

// A ColourFault is a chosen colour that cannot be used.
type ColourFault struct {
	Key  string // the choice, such as light.accent
	What string // what is wrong with it and what to do
}

// ColourFaults is the error of colours that cannot be used.
type ColourFaults []ColourFault

func (f ColourFaults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.Key + ": " + fault.What
	}
	return strings.Join(lines, "\n")
}

// Palette returns all colours that follow from c. The error is [ColourFaults]
// where a choice is no colour, or where words in it or on it could not be read.
func (c Colours) Palette() (Palette, error) {
	faults := append(c.Light.unreadable("light"), c.Dark.unreadable("dark")...)
	if len(faults) > 0 {
		return Palette{}, faults
	}
	p := DefaultPalette()
	c.Light.apply(&p.Light)
	dark := c.Dark
	if dark.Accent == "" && c.Light.Accent != "" {
		ground := p.Dark
		dark.apply(&ground)
		dark.Accent = lightened(c.Light.Accent, ground)
	}
	dark.apply(&p.Dark)
	faults = append(c.Light.faint("light", p.Light), c.Dark.faint("dark", p.Dark)...)
	if len(faults) > 0 {
		return Palette{}, faults
	}
	return p, nil
}

// unreadable returns the choices that are no colour.
func (c ColourChoice) unreadable(scheme string) (faults ColourFaults) {
	for _, choice := range []struct{ key, value string }{{"accent", c.Accent}, {"paper", c.Paper}, {"sheet", c.Sheet}} {
		if _, ok := parseColour(choice.value); choice.value != "" && !ok {
			faults = append(faults, ColourFault{scheme + "." + choice.key, fmt.Sprintf("%q is no colour; write it as #0b4f79", choice.value)})
		}
	}
	return faults
}

// apply puts what is chosen into s, and what follows from it.
func (c ColourChoice) apply(s *Shades) {
	s.Paper = cmp.Or(strings.ToLower(c.Paper), s.Paper)
	if c.Sheet != "" {
		s.Sheet = strings.ToLower(c.Sheet)
		s.Tint, s.Rule = mixed(s.Sheet, s.Ink, 0.05), mixed(s.Sheet, s.Ink, 0.2)
	}
	if c.Accent == "" {
		return
	}
	s.Accent = strings.ToLower(c.Accent)
	for _, on := range []string{s.OnAccent, "#ffffff", "#000000"} {
		if contrast(on, s.Accent) >= leastContrast {
			s.OnAccent = on
			return
		}
	}
}

// lightened returns colour with as much white in it as it takes to be read with
// ease on all grounds of s.
func lightened(colour string, s Shades) string {
	const ease = 6
	for white := 0.0; white < 1; white += 0.05 {
		lighter := mixed(colour, "#ffffff", white)
		if min(contrast(lighter, s.Paper), contrast(lighter, s.Sheet), contrast(lighter, s.Tint)) >= ease {
			return lighter
		}
	}
	return "" // as designed: the grounds are those of no night
}

// faint returns the choices with which words could not be read, each once.
func (c ColourChoice) faint(scheme string, s Shades) (faults ColourFaults) {
	for _, ground := range []struct{ key, colour string }{{"paper", s.Paper}, {"sheet", s.Sheet}, {"sheet", s.Tint}} {
		for _, words := range []struct{ name, colour string }{{"text", s.Ink}, {"lesser text", s.Soft}, {"links", s.Accent}} {
			key := scheme + "." + ground.key
			if words.name == "links" && c.Accent != "" {
				key = scheme + ".accent"
			}
			got := contrast(words.colour, ground.colour)
			if got >= leastContrast || slices.ContainsFunc(faults, func(f ColourFault) bool { return f.Key == key }) {
				continue
			}
			// Rounded down: 4.496 is not 4.5.
			faults = append(faults, ColourFault{key, fmt.Sprintf("%s in %s on %s could not be read: their contrast is %.2f:1, and %.1f:1 is the least",
				words.name, words.colour, ground.colour, math.Floor(got*100)/100, leastContrast)})
		}
	}
	return faults
}
