package templates

import "strings"

// A Palette is the colours of a mail, by light and in the dark.
type Palette struct {
	Light Shades
	Dark  Shades
}

// Shades are the colours of one mail, each written #rrggbb. Ink, Soft and Accent
// stand on Paper, Sheet and Tint, and OnAccent on Accent; each of these pairs
// needs a contrast of at least 4.5:1.
type Shades struct {
	Paper    string // around the sheet and behind the footer
	Sheet    string // behind the stories
	Tint     string // behind what is set apart: a takeaway, the numbers, a sponsor
	Ink      string // words
	Soft     string // lesser words: the dateline, outlets, old figures, the footer
	Accent   string // links, names of groups and the button
	OnAccent string // words on the button
	Rule     string // lines between the parts; nothing is written in it
}

// DefaultPalette is used where the publication names no colours.
func DefaultPalette() Palette {
	return Palette{
		Light: Shades{
			Paper: "#f2f0ea", Sheet: "#ffffff", Tint: "#f6f4ee", Ink: "#1d242b", Soft: "#56606a",
			Accent: "#0b4f79", OnAccent: "#ffffff", Rule: "#d9d5c9",
		},
		Dark: Shades{
			Paper: "#0f1316", Sheet: "#181d22", Tint: "#20272d", Ink: "#e6e4de", Soft: "#aab2b9",
			Accent: "#8cc4ee", OnAccent: "#0f1a22", Rule: "#3a4249",
		},
	}
}

// css returns the palette as the variables of a style sheet: --paper, --sheet
// and so on.
func (p Palette) css() string {
	return "/* Made from the publication's colours. */\n:root {" + p.Light.css() +
		"}\n@media (prefers-color-scheme: dark) {\n:root {" + p.Dark.css() + "}\n}\n"
}

func (s Shades) css() string {
	var b strings.Builder
	for _, v := range []struct{ name, colour string }{
		{"paper", s.Paper}, {"sheet", s.Sheet}, {"tint", s.Tint}, {"ink", s.Ink}, {"soft", s.Soft},
		{"accent", s.Accent}, {"on-accent", s.OnAccent}, {"rule", s.Rule}, {"field", s.field()},
	} {
		b.WriteString(" --" + v.name + ": " + v.colour + ";")
	}
	return b.String() + " "
}

// field is the colour of the border of a field to type in, which needs a contrast
// of 3:1 with what lies on either side of it (WCAG 2.2, 1.4.11). That of Ink is
// enough.
func (s Shades) field() string {
	for share := 0.5; share < 1; share += 0.05 {
		colour := mixed(s.Sheet, s.Ink, share)
		if min(contrast(colour, s.Sheet), contrast(colour, s.Paper)) >= 3.5 {
			return colour
		}
	}
	return s.Ink
}
