package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// arrows holds what each package may import of ours. A package that is not
// here may not exist: a new room needs a place in the house first.
var arrows = map[string][]string{
	"templates":        {},
	"templates/golden": {},

	"digest/database": {},
	"digest/search":   {"digest/database"},
	"digest":          {"digest/database", "digest/search"},
	"digest/feed":     {"digest"},
	"digest/render":   {"digest", "templates"},

	"subscribers/bounce":   {},
	"subscribers/link":     {},
	"subscribers/mail":     {"templates"},
	"subscribers/mailbox":  {},
	"subscribers/smtptest": {},
	"subscribers/returns":  {"subscribers", "subscribers/bounce", "subscribers/link", "subscribers/mail"},
	"subscribers":          {"digest/database", "subscribers/link"},
	"subscribers/delivery": {"subscribers", "subscribers/link", "subscribers/mail", "digest", "digest/database", "digest/render", "templates"},

	"cmd/internal/schedule": {"digest"},
	"cmd/internal/config":   {"digest", "cmd/internal/schedule", "subscribers", "subscribers/mail", "subscribers/returns", "templates"},
	"cmd/internal/metrics":  {"subscribers", "subscribers/delivery", "subscribers/mail"},
	"cmd/internal/pipeline": {"digest", "digest/feed", "digest/render", "subscribers", "subscribers/mail"},
	"cmd/internal/web":      {"digest", "digest/render", "digest/search", "subscribers", "subscribers/link", "templates"},
	"cmd/internal/e2e":      {},
	"cmd/redigest": {
		"cmd/internal/config", "cmd/internal/metrics", "cmd/internal/schedule", "cmd/internal/pipeline", "cmd/internal/web",
		"digest", "digest/database", "digest/feed", "digest/render",
		"subscribers", "subscribers/bounce", "subscribers/delivery", "subscribers/mail", "subscribers/mailbox", "subscribers/returns", "templates",
	},
}

// ranks is the line of the top folders: a folder imports only to its right.
var ranks = []string{"cmd", "subscribers", "digest", "templates"}

// doors holds the packages through which alone a library is used.
var doors = map[string][]string{
	"github.com/wneessen/go-mail":                  {"subscribers/mail"},
	"github.com/emersion/go-msgauth":               {}, // judges our signatures in tests; see decisions/0011
	"github.com/emersion/go-smtp":                  {"subscribers/mailbox", "subscribers/returns", "subscribers/smtptest"},
	"github.com/emersion/go-imap":                  {"subscribers/returns"},
	"github.com/yuin/goldmark":                     {"digest/render"},
	"github.com/microcosm-cc/bluemonday":           {"digest/render"},
	"github.com/mmcdole/gofeed":                    {"digest/feed"},
	"codeberg.org/readeck/go-readability":          {"digest/feed"},
	"github.com/JohannesKaufmann/html-to-markdown": {"digest/feed"},
	"code.dny.dev/ssrf":                            {"digest/feed"},
	"modernc.org/sqlite":                           {"digest/database"},
	"go.yaml.in/yaml":                              {"cmd/internal/config", "digest/feed"},
	"github.com/robfig/cron":                       {"cmd/internal/schedule"},
	"github.com/alecthomas/kong":                   {"cmd/redigest"},
	"github.com/chromedp":                          {"cmd/internal/e2e"},
	"github.com/prometheus":                        {"cmd/internal/metrics"},
}

// A source is one file of Go that is not a test.
type source struct {
	name string // from the top of the repository
	pkg  string // its folder
	file *ast.File
}

func sourceFiles(t *testing.T) (all []source) {
	t.Helper()
	const top = "../.."
	err := filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != top && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		rel, relErr := filepath.Rel(top, name)
		if err != nil || relErr != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		all = append(all, source{rel, path.Dir(rel), f})
		return nil
	})
	if err != nil || len(all) < 50 {
		t.Fatalf("read %d files: %v", len(all), err)
	}
	return all
}

func (s source) imports() (all []string) {
	for _, i := range s.file.Imports {
		p, _ := strconv.Unquote(i.Path.Value)
		all = append(all, p)
	}
	return all
}

func TestTheArrowsOfTheHouse(t *testing.T) {
	t.Parallel()
	for _, s := range sourceFiles(t) {
		allowed, known := arrows[s.pkg]
		if !known {
			t.Errorf("%s: the house has no room %s", s.name, s.pkg)
		}
		for _, imported := range s.imports() {
			if ours, ok := strings.CutPrefix(imported, "redigest/"); ok && !slices.Contains(allowed, ours) {
				t.Errorf("%s may not import %s", s.name, ours)
			}
		}
	}
}

func TestTheTopFoldersStandInALine(t *testing.T) {
	t.Parallel()
	rank := func(pkg string) int {
		top, _, _ := strings.Cut(pkg, "/")
		return slices.Index(ranks, top)
	}
	for from, allowed := range arrows {
		for _, to := range allowed {
			if rank(to) < rank(from) {
				t.Errorf("the arrow from %s to %s goes to the left", from, to)
			}
		}
	}
}

func TestEachLibraryHasOneDoor(t *testing.T) {
	t.Parallel()
	for _, s := range sourceFiles(t) {
		for _, imported := range s.imports() {
			for library, packages := range doors {
				if strings.HasPrefix(imported, library) && !slices.Contains(packages, s.pkg) {
					t.Errorf("%s imports %s, whose door is %v", s.name, imported, packages)
				}
			}
		}
	}
}

// Rules are given the time, and what lives long is given a clock: the only
// thing done with time.Now is to hand it over as the default of an option.
func TestNobodyAsksTheTime(t *testing.T) {
	t.Parallel()
	for _, s := range sourceFiles(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if f, ok := call.Fun.(*ast.SelectorExpr); ok && s.pkg != "subscribers/smtptest" {
				if x, ok := f.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "Sleep"}, f.Sel.Name) {
					t.Errorf("%s calls time.%s", s.name, f.Sel.Name)
				}
			}
			return true
		})
	}
}

func TestNoPackageHasAnInit(t *testing.T) {
	t.Parallel()
	for _, s := range sourceFiles(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s has an init function", s.name)
			}
		}
	}
}
