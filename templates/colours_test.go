package templates

import (
	"errors"
	"strings"
	"testing"
)

func TestWithoutAChoiceColoursAreAsDesigned(t *testing.T) {
	t.Parallel()
	p, err := Colours{}.Palette()
	if err != nil || p != DefaultPalette() {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestContrastIsThatOfWCAG(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want float64
	}{
		{"#000000", "#ffffff", 21}, {"#ffffff", "#000000", 21}, {"#123456", "#123456", 1},
		{"#767676", "#ffffff", 4.54}, {"#777777", "#ffffff", 4.48}, {"#ff0000", "#ffffff", 4.00}, {"#0000ff", "#ffffff", 8.59},
	} {
		if got := contrast(tt.a, tt.b); got < tt.want-0.005 || got > tt.want+0.005 {
			t.Errorf("%s on %s: %.3f, want %.2f", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestWhateverIsChosenCanBeRead(t *testing.T) {
	t.Parallel()
	tests := map[string]Colours{
		"nothing":                 {},
		"a red":                   {Light: ColourChoice{Accent: "#B00020"}},
		"black":                   {Light: ColourChoice{Accent: "#000000"}},
		"a grey just dark enough": {Light: ColourChoice{Accent: "#6b6b6b"}},
		"salmon paper and sheet":  {Light: ColourChoice{Paper: "#fff1e5", Sheet: "#fff7ef", Accent: "#990f3d"}},
		"both by themselves":      {Light: ColourChoice{Accent: "#00573f"}, Dark: ColourChoice{Accent: "#ffd400", Paper: "#000000", Sheet: "#050505"}},
		"a dark accent alone":     {Dark: ColourChoice{Accent: "#ff9f9f"}},
		"a lighter night":         {Light: ColourChoice{Accent: "#7a0019"}, Dark: ColourChoice{Sheet: "#333333"}},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := c.Palette()
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range []Shades{p.Light, p.Dark} {
				for _, ground := range []string{s.Paper, s.Sheet, s.Tint} {
					for _, words := range []string{s.Ink, s.Soft, s.Accent} {
						if got := contrast(words, ground); got < leastContrast {
							t.Errorf("%s on %s: %.2f", words, ground, got)
						}
					}
				}
				if got := contrast(s.OnAccent, s.Accent); got < leastContrast {
					t.Errorf("on a button: %s on %s: %.2f", s.OnAccent, s.Accent, got)
				}
			}
		})
	}
}

func TestAChoiceIsTakenAsItIs(t *testing.T) {
	t.Parallel()
	p, err := Colours{
		Light: ColourChoice{Accent: "#B00020", Paper: "#FFF1E5", Sheet: "#fffaf5"},
		Dark:  ColourChoice{Accent: "#ffd400", Paper: "#000000", Sheet: "#050505"},
	}.Palette()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []struct {
		got  Shades
		want ColourChoice
	}{{p.Light, ColourChoice{"#b00020", "#fff1e5", "#fffaf5"}}, {p.Dark, ColourChoice{"#ffd400", "#000000", "#050505"}}} {
		if got := (ColourChoice{s.got.Accent, s.got.Paper, s.got.Sheet}); got != s.want {
			t.Errorf("%+v, want %+v", got, s.want)
		}
	}
}

func TestColoursThatCannotBeUsedAreNamed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		Colours
		key, says string
	}{
		"a name":                          {Colours{Light: ColourChoice{Accent: "teal"}}, "light.accent", `"teal" is no colour; write it as #0b4f79`},
		"three digits":                    {Colours{Dark: ColourChoice{Paper: "#123"}}, "dark.paper", "is no colour"},
		"no digits":                       {Colours{Dark: ColourChoice{Sheet: "#00gg00"}}, "dark.sheet", "is no colour"},
		"a yellow on white":               {Colours{Light: ColourChoice{Accent: "#ffd400"}}, "light.accent", "links in #ffd400 on #f2f0ea could not be read: their contrast is 1.2"},
		"a navy in the dark":              {Colours{Dark: ColourChoice{Accent: "#000080"}}, "dark.accent", "4.5:1 is the least"},
		"a black sheet by day":            {Colours{Light: ColourChoice{Sheet: "#111111"}}, "light.sheet", "text in"},
		"a white paper by night":          {Colours{Dark: ColourChoice{Paper: "#ffffff"}}, "dark.paper", "text in"},
		"a sheet that dims lesser text":   {Colours{Light: ColourChoice{Sheet: "#c8c8c8"}}, "light.sheet", "lesser text in"},
		"a sheet that the accent is like": {Colours{Light: ColourChoice{Accent: "#5a5a5a", Sheet: "#d8d8d8"}}, "light.accent", "links in"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := tt.Palette()
			var faults ColourFaults
			if !errors.As(err, &faults) {
				t.Fatalf("%v; want faults", err)
			}
			for _, f := range faults {
				if f.Key == tt.key && strings.Contains(f.What, tt.says) && strings.Contains(err.Error(), f.Key+": "+f.What) {
					return
				}
			}
			t.Errorf("%v; want one that begins %s: and says %q", err, tt.key, tt.says)
		})
	}
}
