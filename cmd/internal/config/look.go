package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"redigest/templates"
)

// Colours are those of mails and pages; what is empty is as it was designed.
type Colours struct {
	Light ColourChoice `yaml:"light"`
	Dark  ColourChoice `yaml:"dark"` // for devices that are set to dark
}

// A ColourChoice is the colours by light or in the dark.
type ColourChoice struct {
	Accent Colour `yaml:"accent"` // links, names of groups and buttons
	Paper  Colour `yaml:"paper"`  // around the sheet
	Sheet  Colour `yaml:"sheet"`  // behind the stories
}

// A Colour is written as #0b4f79.
type Colour string

// UnmarshalText takes any text: which colours can be used hangs on the others.
// That a type reads it makes a missing value a fault, which is what YAML sees in
// a colour without quotes.
func (c *Colour) UnmarshalText(text []byte) error {
	*c = Colour(text)
	return nil
}

// MarshalText writes the colour.
func (c Colour) MarshalText() ([]byte, error) { return []byte(c), nil }

// Chosen returns the colours as templates take them.
func (c Colours) Chosen() templates.Colours {
	choice := func(c ColourChoice) templates.ColourChoice {
		return templates.ColourChoice{Accent: string(c.Accent), Paper: string(c.Paper), Sheet: string(c.Sheet)}
	}
	return templates.Colours{Light: choice(c.Light), Dark: choice(c.Dark)}
}

func (c Colours) check(found *Faults) {
	_, err := c.Chosen().Palette()
	if faults, ok := errors.AsType[templates.ColourFaults](err); ok {
		for _, f := range faults {
			found.add("publication.colours."+f.Key, "%s", f.What)
		}
	}
}

// findTemplates completes the folder of own templates, or finds the one that
// lies beside config.yaml, in dir.
func (p *Publication) findTemplates(found *Faults, dir string) {
	if p.Templates != "" {
		p.Templates = within(dir, p.Templates)
		if info, err := os.Stat(p.Templates); err != nil || !info.IsDir() {
			found.add("publication.templates", "there is no folder %s", p.Templates)
		}
		return
	}
	beside := filepath.Join(dir, "templates")
	info, err := os.Stat(beside)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		found.add("publication.templates", "the folder beside this file cannot be looked into: %s", err)
	}
	if err == nil && info.IsDir() && !isSource(beside) {
		p.Templates = beside
	}
}

// isSource reports whether a folder is the program's own source, whose templates
// are those of another day than the program's: who works on them names the
// folder.
func isSource(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "templates.go"))
	return err == nil
}
