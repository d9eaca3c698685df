// Package templates holds what people get to see: the template files, the
// structs that they are filled from, and the typed functions that fill them.
//
// A view struct is the contract with whoever edits a template: its fields are
// plain, documented, and all that the template gets. Templates choose and
// repeat; they decide nothing. views.md is written from the structs' comments and
// goes to publishers who write templates of their own.
package templates

import (
	"embed"
	htmltemplate "html/template"
	"io/fs"
	"slices"
	"sync"
	texttemplate "text/template"
)

//go:embed mail/*.tmpl web/*.tmpl static
var builtIn embed.FS

// A Set is every template and every static file, ready for use: what is built
// in and, in place of some of it, what the operator has put beside it. It may be
// used by many goroutines.
type Set struct {
	mailHTMLs *htmltemplate.Template
	mailTexts *texttemplate.Template
	webPages  *htmltemplate.Template
	static    map[string]StaticFile
	palette   Palette
	own       []string
}

// Load returns the templates that are built in, with the files of own in place
// of those that have the same names: mail/issue.html.tmpl, static/style.css and
// so on. own may be nil.
//
// Own templates are tried before they are used, with samples of what they get.
// What is wrong with them is [Faults], which name files and lines; what is wrong
// with colours is [ColourFaults].
func Load(own fs.FS, colours Colours) (*Set, error) {
	palette, err := colours.Palette()
	if err != nil {
		return nil, err
	}
	l, err := openLibrary(own)
	if err != nil {
		return nil, err
	}
	s := &Set{palette: palette, own: l.own, static: l.static(palette)}
	if err := s.parse(l); err != nil {
		return nil, err
	}
	if err := s.try(s.concerned()); err != nil { // the others are tried by tests
		return nil, err
	}
	return s, nil
}

// Default returns what is built in, in the colours that it was designed in.
func Default() *Set { return defaults() }

var defaults = sync.OnceValue(func() *Set {
	s, err := Load(nil, Colours{})
	if err != nil {
		panic(err) // the files are in the program
	}
	return s
})

// Own returns the names of the files that are the operator's, in order.
func (s *Set) Own() []string { return slices.Clone(s.own) }

// Palette returns the colours of mails and pages.
func (s *Set) Palette() Palette { return s.palette }
