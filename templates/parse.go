package templates

import (
	"fmt"
	htmltemplate "html/template"
	"slices"
	"strings"
	texttemplate "text/template"
	"text/template/parse"
)

// A shelf is the templates that may use each other's pieces: those of a folder
// with one ending.
type shelf struct {
	folder    string
	ending    string
	functions map[string]any
	trees     map[string]*parse.Tree
	from      map[string]string // the file that a piece stands in
}

// read parses the files that belong on the shelf.
func (s *shelf) read(l *library) (faults Faults) {
	s.trees, s.from = map[string]*parse.Tree{}, map[string]string{}
	for _, name := range sortedKeys(l.files) {
		if !strings.HasPrefix(name, s.folder+"/") || !strings.HasSuffix(name, s.ending) {
			continue
		}
		faults = append(faults, s.add(name, l.files[name])...)
		if slices.Contains(l.own, name) && len(faults) == 0 {
			faults = s.missing(name)
		}
	}
	return faults
}

// add parses one file. A piece may stand in one file only: which of two counts
// would hang on their names.
func (s *shelf) add(name string, data []byte) (faults Faults) {
	parsed, err := texttemplate.New(name).Funcs(s.functions).Parse(string(data))
	if err != nil {
		return Faults{faultOf(err, name)}
	}
	for _, t := range parsed.Templates() {
		if first := s.from[t.Name()]; first != "" {
			faults = append(faults, Fault{File: name, What: fmt.Sprintf("it defines %q, which stands in %s already; change it there", t.Name(), first)})
			continue
		}
		s.trees[t.Name()], s.from[t.Name()] = t.Tree, name
	}
	return faults
}

// missing returns the pieces that the file of that name has when it is built in,
// and the operator's has not: other templates use them.
func (s *shelf) missing(name string) (faults Faults) {
	data, err := builtIn.ReadFile(name)
	if err != nil {
		return nil // it stands in for none
	}
	was := shelf{functions: s.functions, trees: map[string]*parse.Tree{}, from: map[string]string{}}
	was.add(name, data)
	for _, piece := range sortedKeys(was.trees) {
		if s.from[piece] != name {
			faults = append(faults, Fault{File: name, What: fmt.Sprintf("it must define %q, which other templates use", piece)})
		}
	}
	return faults
}

// html returns the templates of the shelf for HTML.
func (s *shelf) html() (*htmltemplate.Template, error) {
	set := htmltemplate.New(s.folder).Funcs(s.functions)
	for name, tree := range s.trees {
		if _, err := set.AddParseTree(name, tree); err != nil {
			return nil, err
		}
	}
	return set, nil
}

// text returns the templates of the shelf for plain text.
func (s *shelf) text() (*texttemplate.Template, error) {
	set := texttemplate.New(s.folder).Funcs(s.functions)
	for name, tree := range s.trees {
		if _, err := set.AddParseTree(name, tree); err != nil {
			return nil, err
		}
	}
	return set, nil
}

// parse reads all templates of the library.
func (s *Set) parse(l *library) error {
	html := shelf{folder: "mail", ending: ".html.tmpl", functions: mailFunctions}
	text := shelf{folder: "mail", ending: ".txt.tmpl", functions: mailFunctions}
	pages := shelf{folder: "web", ending: ".html.tmpl", functions: map[string]any{"asset": s.assetURL}}
	var faults Faults
	for _, shelf := range []*shelf{&html, &text, &pages} {
		faults = append(faults, shelf.read(l)...)
	}
	if err := faults.err(); err != nil {
		return err
	}
	var err error
	if s.mailHTMLs, err = html.html(); err != nil {
		return err
	}
	if s.mailTexts, err = text.text(); err != nil {
		return err
	}
	s.webPages, err = pages.html()
	return err
}
