package templates

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"redigest/templates/golden"
)

// TestViewsAreDescribedAsTheyAre writes views.md from the comments of the source,
// so that what people read who write templates is what the program does.
func TestViewsAreDescribedAsTheyAre(t *testing.T) {
	t.Parallel()
	d := describer{t: t, types: map[string]typeDoc{}, functions: map[string]string{}, seen: map[string]bool{}}
	d.readSource()
	d.WriteString(viewsHead)
	d.writeFunctions()
	for _, trial := range trials() {
		d.view(trial)
	}
	for len(d.open) > 0 {
		next := d.open[0]
		d.open = d.open[1:]
		d.structure(next)
	}
	golden.Check(t, "../views.md", d.String())
}

const viewsHead = `# What templates get

A template of yours stands in for the one that is built in and has the same name:
mail/issue.html.tmpl, web/home.html.tmpl, static/style.css. The language of the
templates is that of Go (https://pkg.go.dev/text/template). Each is filled from one
view, and all that it can show are the view's fields, as {{.Subject}}. What is
empty is not there to be shown: {{with .Tagline}}<p>{{.}}</p>{{end}}.

Templates of one folder with one ending share pieces: {{define "top"}} makes one,
{{template "top" .}} puts it there. Mails carry all their styles with them, for mail
programs drop style sheets; pages load style.css, and their colours as variables
from colours.css, which is made from publication.colours. Browsers are told to run no
script on a page and to load nothing for it but files of static/.

Every mail must show the link to leave, or the one to confirm, and the postal
address; the program does not start with a template that lacks them, or that names
what there is not.
`

// A typeDoc is a type of the source and what it says of itself.
type typeDoc struct {
	doc    string
	fields map[string]string
}

// A describer writes views.md.
type describer struct {
	strings.Builder
	t         *testing.T
	types     map[string]typeDoc
	functions map[string]string // comments of functions, by name
	seen      map[string]bool
	open      []reflect.Type // structs that are still to be described
}

func (d *describer) readSource() {
	names, err := filepath.Glob("*.go")
	if err != nil || len(names) == 0 {
		d.t.Fatal("there is no source: ", err)
	}
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			d.t.Fatal(err)
		}
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				d.functions[receiver(decl)+decl.Name.Name] = oneParagraph(decl.Doc.Text())
			case *ast.GenDecl:
				d.readTypes(decl)
			}
		}
	}
}

// receiver returns the type whose method a function is, with a dot behind it.
func receiver(f *ast.FuncDecl) string {
	if f.Recv != nil {
		of := f.Recv.List[0].Type
		if pointer, ok := of.(*ast.StarExpr); ok {
			of = pointer.X
		}
		if named, ok := of.(*ast.Ident); ok {
			return named.Name + "."
		}
	}
	return ""
}

func (d *describer) readTypes(decl *ast.GenDecl) {
	for _, spec := range decl.Specs {
		named, ok := spec.(*ast.TypeSpec)
		if !ok {
			continue
		}
		doc := typeDoc{doc: oneParagraph(decl.Doc.Text()), fields: map[string]string{}}
		if s, ok := named.Type.(*ast.StructType); ok {
			for _, f := range s.Fields.List {
				for _, name := range f.Names {
					doc.fields[name.Name] = oneParagraph(f.Doc.Text() + " " + f.Comment.Text())
				}
			}
		}
		d.types[named.Name.Name] = doc
	}
}

func oneParagraph(s string) string { return strings.Join(strings.Fields(s), " ") }

func (d *describer) writeFunctions() {
	d.WriteString("\n## Functions\n\n")
	for _, f := range []struct{ name, source, where string }{
		{"oneLine", "oneLine", "in mails"}, {"underline", "underline", "in the text part of mails"},
		{"wrap", "wrap", "in the text part of mails"},
		{"asset", "Set.assetURL", "on pages"},
	} {
		doc := d.functions[f.source]
		if doc == "" {
			d.t.Errorf("%s has no comment", f.source)
		}
		_, is, _ := strings.Cut(doc, " ")
		fmt.Fprintf(d, "- `%s`, %s: %s\n", f.name, f.where, is)
	}
}

// view describes the view of a template.
func (d *describer) view(t trial) {
	if d.seen[t.view.Name()] {
		return
	}
	var files []string
	for _, other := range trials() {
		if other.view == t.view {
			files = append(files, other.file)
		}
	}
	fmt.Fprintf(d, "\n## %s\n\nOf %s. %s\n\n", t.view.Name(), strings.Join(files, " and "), d.doc(t.view))
	d.seen[t.view.Name()] = true
	d.fields(t.view)
}

// structure describes what is a part of views.
func (d *describer) structure(t reflect.Type) {
	fmt.Fprintf(d, "\n## %s\n\n%s\n\n", t.Name(), d.doc(t))
	d.fields(t)
}

func (d *describer) doc(t reflect.Type) string {
	doc := d.types[t.Name()].doc
	if doc == "" {
		d.t.Errorf("%s has no comment", t.Name())
	}
	return doc
}

func (d *describer) fields(t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			fmt.Fprintf(d, "- all that is in %s\n", strings.Trim(d.form(f.Type), "()"))
			continue
		}
		fmt.Fprintf(d, "- `.%s` %s%s\n", f.Name, d.form(f.Type), strings.TrimRight(": "+d.types[t.Name()].fields[f.Name], ": "))
	}
	for i := range t.NumMethod() {
		m := t.Method(i)
		if doc := d.functions[t.Name()+"."+m.Name]; m.IsExported() && doc != "" {
			_, is, _ := strings.Cut(doc, " is ")
			fmt.Fprintf(d, "- `.%s` %s: %s\n", m.Name, d.form(m.Type.Out(0)), is)
		}
	}
}

// form says in words what a field holds. A struct that it names is described
// too.
func (d *describer) form(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice:
		return "(list of " + strings.Trim(d.form(t.Elem()), "()") + ")"
	case reflect.Pointer:
		return d.form(t.Elem())
	case reflect.Struct:
		if !d.seen[t.Name()] && !slices.Contains(d.open, t) {
			d.seen[t.Name()] = true
			d.open = append(d.open, t)
		}
		return "(" + t.Name() + ")"
	case reflect.Bool:
		return "(yes or no)"
	case reflect.Int:
		return "(number)"
	}
	switch t {
	case htmlType:
		return "(HTML)"
	case kindType:
		return "(one of " + kinds() + ")"
	}
	return "(text)"
}

func kinds() string {
	var names []string
	for _, k := range sectionKinds {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}
