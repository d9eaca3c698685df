package templates

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"text/template"
	"text/template/parse"

	"github.com/google/go-cmp/cmp"
)

func TestWhatIsBuiltInPassesItsTrial(t *testing.T) {
	t.Parallel()
	if err := Default().try(trials()); err != nil {
		t.Error(err)
	}
}

// A file that is no mail and no page of its own holds pieces of others.
func TestEveryTemplateIsTried(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for _, trial := range trials() {
		tried[trial.file] = true
	}
	l, err := openLibrary(nil)
	if err != nil {
		t.Fatal(err)
	}
	functions := map[string]any{"asset": Default().assetURL}
	maps.Copy(functions, mailFunctions)
	for name, data := range l.files {
		if path.Ext(name) != ".tmpl" {
			continue
		}
		parsed, err := template.New(name).Funcs(functions).Parse(string(data))
		if err != nil {
			t.Fatal(err)
		}
		if hasPieces := parse.IsEmptyTree(parsed.Root); tried[name] == hasPieces {
			t.Errorf("%s has pieces alone: %v; it is tried: %v", name, hasPieces, tried[name])
		}
	}
}

// own returns a folder of the operator's with files of that content.
func own(namesAndTexts ...string) fstest.MapFS {
	folder := fstest.MapFS{}
	for i := 0; i < len(namesAndTexts); i += 2 {
		folder[namesAndTexts[i]] = &fstest.MapFile{Data: []byte(namesAndTexts[i+1])}
	}
	return folder
}

// changed returns a built-in file with one text in place of another.
func changed(t *testing.T, name, from, to string) string {
	t.Helper()
	data, err := builtIn.ReadFile(name)
	if err != nil || !strings.Contains(string(data), from) {
		t.Fatalf("%s has no %q, %v", name, from, err)
	}
	return strings.Replace(string(data), from, to, 1)
}

const (
	ownIssue = "{{.UnsubscribeURL}}\n{{.Publication.PostalAddress}}\n{{range .Sections}}{{.Text}}\n{{end}}"
	ownLeft  = `{{template "top" .}}<h1>Gone, and missed</h1>{{template "bottom" .}}`
	ownText  = "{{.ConfirmURL}}\n{{.Publication.PostalAddress}}\nKind regards\n"
)

func TestAFileOfTheSameNameStandsInForWhatIsBuiltIn(t *testing.T) {
	t.Parallel()
	s, err := Load(own("web/left.html.tmpl", ownLeft, "mail/confirmation.txt.tmpl", ownText, "static/style.css", "body { color: red }", "static/logo.png", "\x89PNG"), Colours{})
	if err != nil {
		t.Fatal(err)
	}
	page, err := s.Page(LeftPage{})
	if err != nil || !strings.Contains(string(page), "Gone, and missed") || !strings.Contains(string(page), "<footer>") {
		t.Errorf("%v: %s", err, page)
	}
	text, err := s.ConfirmationText(confirmation)
	if err != nil || !strings.HasSuffix(text, "Kind regards\n") {
		t.Errorf("%v: %s", err, text)
	}
	html, err := s.ConfirmationHTML(confirmation)
	if want, _ := Default().ConfirmationHTML(confirmation); err != nil || html != want {
		t.Errorf("a template that was not replaced has changed: %v\n%s", err, html)
	}
	style, _ := s.Static("style.css")
	if before, _ := Default().Static("style.css"); string(style.Data) != "body { color: red }" || style.Hash == before.Hash {
		t.Errorf("the style sheet is %+v", style)
	}
	if !strings.Contains(string(page), "/static/style.css?v="+style.Hash) {
		t.Errorf("the page does not load the style sheet:\n%s", page)
	}
	if logo, ok := s.Static("logo.png"); !ok || logo.Type != "image/png" {
		t.Errorf("the logo is %+v, %v", logo, ok)
	}
	want := []string{"mail/confirmation.txt.tmpl", "static/logo.png", "static/style.css", "web/left.html.tmpl"}
	if diff := cmp.Diff(want, s.Own()); diff != "" {
		t.Errorf("own files (-want +got):\n%s", diff)
	}
}

func TestATemplateMayBeWrittenOnWindows(t *testing.T) {
	t.Parallel()
	windows := "\ufeff" + strings.ReplaceAll(ownText+"\n\n\n\n-- \nThe desk\n", "\n", "\r\n")
	s, err := Load(own("mail/confirmation.txt.tmpl", windows), Colours{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := s.ConfirmationText(confirmation)
	if err != nil || !strings.HasPrefix(text, "https://") || strings.Contains(text, "\r") || !strings.HasSuffix(text, "regards\n\n\n-- \nThe desk\n") {
		t.Errorf("%v: %q", err, text)
	}
}

// A folder may hold what editors and systems put there, and a note.
func TestWhatIsNotMeantForTheProgramIsLeftAlone(t *testing.T) {
	t.Parallel()
	s, err := Load(own("README.md", "how we do it", "mail/issue.html.tmpl~", "{{", "mail/.issue.html.tmpl.swp", "{{",
		"static/.DS_Store", "x", "static/style.css~", "x", "testdata/x.html.tmpl", "{{", "web/notes.txt", "{{"), Colours{})
	if err != nil || len(s.Own()) != 0 {
		t.Errorf("%v, %v", s.Own(), err)
	}
}

func TestABrokenTemplateIsNamedWithItsLine(t *testing.T) {
	t.Parallel()
	footless := changed(t, "web/layout.html.tmpl", `{{define "bottom" -}}`, `{{define "foot" -}}`)
	tests := map[string]struct {
		name, text string
		want       string // begins the error
	}{
		"an action that is not closed": {"web/left.html.tmpl", "<p>\n{{if .Title}}\n", "web/left.html.tmpl:3: unexpected EOF"},
		"a brace that is not closed":   {"mail/issue.txt.tmpl", "a\nb {{.Subject}\n", "mail/issue.txt.tmpl:2: "},
		"a function that is not there": {"mail/issue.html.tmpl", "\n\n{{shout .Subject}}", `mail/issue.html.tmpl:3: function "shout" not defined`},
		"a function of mails on a page": {"web/left.html.tmpl", `{{template "top" .}}{{wrap .Title}}{{template "bottom" .}}`,
			`web/left.html.tmpl:1: function "wrap" not defined`},
		"a field that is not there": {"web/left.html.tmpl", "<p>\n{{.Titel}}</p>",
			"web/left.html.tmpl:2: there is no Titel in LeftPage; views.md says what there is"},
		"a field of a struct in a view": {"mail/confirmation.txt.tmpl", ownText + "{{.Publication.Nmae}}",
			"mail/confirmation.txt.tmpl:4: there is no Nmae in Publication; "},
		"a field of an element": {"web/issues.html.tmpl", "{{range .Years}}\n{{.Yaer}}{{end}}", "web/issues.html.tmpl:2: there is no Yaer in ArchiveYear; "},
		"a field where little is set": {"web/leave.html.tmpl", changed(t, "web/leave.html.tmpl", "Press the button, and you", "{{if not .Site.Name}}{{.Nmae}}{{end}}you"),
			"web/leave.html.tmpl:8: there is no Nmae in LeavePage; "},
		"a field where all but one thing is set": {"mail/issue.txt.tmpl", ownIssue +
			"{{if .Publication.URL}}{{if not .Publication.Tagline}}{{.Nmae}}{{end}}{{end}}", "mail/issue.txt.tmpl:4: there is no Nmae in IssueMail; "},
		"a field where there is one": {"mail/issue.txt.tmpl", ownIssue + "{{if eq .Stories 1}}{{.Nmae}}{{end}}",
			"mail/issue.txt.tmpl:4: there is no Nmae in IssueMail; "},
		"a piece that is not there": {"web/left.html.tmpl", `{{template "top" .}}{{template "adverts" .}}{{template "bottom" .}}`, `web/left.html.tmpl:1: no such template "adverts"`},
		"a piece that others use": {"web/layout.html.tmpl", footless,
			`web/layout.html.tmpl: it must define "bottom", which other templates use`},
		"a piece that stands elsewhere": {"web/left.html.tmpl", ownLeft + `{{define "top"}}{{end}}`,
			`web/left.html.tmpl: it defines "top", which stands in web/layout.html.tmpl already; change it there`},
		"a file that pages lack": {"web/left.html.tmpl", `{{template "top" .}}<img src="{{asset "logo.png"}}">{{template "bottom" .}}`,
			`web/left.html.tmpl:1: {{asset "logo.png"}}: error calling asset: there is no static/logo.png`},
		"words where none may be": {"web/left.html.tmpl", "<p>\n<a href={{.Title}}{{.Title}}'>", `web/left.html.tmpl: "'" in unquoted attr`},
		"a script that is cut":    {"web/left.html.tmpl", `<script>{{if .Title}}"{{end}}</script>`, "web/left.html.tmpl:1: {{if}} branches end in different contexts"},

		"no link to leave":      {"mail/issue.txt.tmpl", strings.Replace(ownIssue, "{{.UnsubscribeURL}}", "{{if .WebURL}}{{.UnsubscribeURL}}{{end}}", 1), "mail/issue.txt.tmpl: it must show .UnsubscribeURL wherever there is one"},
		"no address to confirm": {"mail/confirmation.txt.tmpl", "{{.Publication.PostalAddress}}", "mail/confirmation.txt.tmpl: it must show .ConfirmURL wherever there is one"},
		"no postal address":     {"mail/confirmation.txt.tmpl", "{{.ConfirmURL}}", "mail/confirmation.txt.tmpl: it must show .Publication.PostalAddress wherever there is one"},
		"no stories of one kind": {"mail/issue.txt.tmpl", strings.Replace(ownIssue, "{{.Text}}", `{{if ne .Kind "sponsor"}}{{.Text}}{{end}}`, 1),
			`mail/issue.txt.tmpl: it must show each of .Sections, and those of the kind "sponsor" too, wherever`},
		"no stories":                 {"mail/issue.txt.tmpl", "{{.UnsubscribeURL}}{{.Publication.PostalAddress}}", "mail/issue.txt.tmpl: it must show each of .Sections, "},
		"no button":                  {"web/leave.html.tmpl", ownLeft, `web/leave.html.tmpl: it must show a form with method="post" wherever there is one`},
		"nothing to agree to":        {"web/form.html.tmpl", changed(t, "web/form.html.tmpl", "{{.Consent}}", ""), "web/home.html.tmpl: it must show .Form.Consent wherever there is one"},
		"a template of another name": {"mail/isue.html.tmpl", "x", "mail/isue.html.tmpl: there is no such template; those in mail are confirmation.html.tmpl "},
		"a template in no folder":    {"issue.html.tmpl", "x", "issue.html.tmpl: it belongs into mail or web"},
		"a file that nothing loads":  {"static/style.scss", "x", "static/style.scss: pages cannot load it; they can load files that end in .css "},
		"a file in another coding":   {"web/left.html.tmpl", "<p>Auf Wiedersehen, und sch\xf6n war’s", "web/left.html.tmpl: it is not in UTF-8; save it so"},
		"a file of another size":     {"static/photo.jpg", strings.Repeat("x", maxFile+1), fmt.Sprintf("static/photo.jpg: it has %d octets, and %d are the most", maxFile+1, maxFile)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Load(own(tt.name, tt.text), Colours{})
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("%v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestAllThatIsWrongIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	_, err := Load(own("web/left.html.tmpl", "{{.Titel}}", "web/message.html.tmpl", "{{.Text}} {{.LinkPath}}\n{{.Haeding}}", "mail/confirmation.txt.tmpl", ownText+"{{.A}}"), Colours{})
	var faults Faults
	if !errors.As(err, &faults) || len(faults) != 3 {
		t.Errorf("%v; want three faults", err)
	}
}

// brokenFS has a folder that cannot be read.
type brokenFS struct{ fs.FS }

func (b brokenFS) Open(name string) (fs.File, error) {
	if name == "mail" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return b.FS.Open(name)
}

func TestAFolderThatCannotBeReadIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := Load(brokenFS{own("web/left.html.tmpl", ownLeft)}, Colours{}); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("%v; want that it may not be read", err)
	}
}

func TestColoursReachMailsAndPages(t *testing.T) {
	t.Parallel()
	s, err := Load(nil, Colours{Light: ColourChoice{Accent: "#990F3D"}, Dark: ColourChoice{Accent: "#ffb3c7"}})
	if err != nil {
		t.Fatal(err)
	}
	html, err := s.ConfirmationHTML(confirmation)
	if err != nil {
		t.Fatal(err)
	}
	css, _ := s.Static("colours.css")
	for _, colour := range []string{"#990f3d", "#ffb3c7"} {
		if !strings.Contains(string(css.Data), "--accent: "+colour+";") || !strings.Contains(html, colour) {
			t.Errorf("%s is missing:\n%s\n%s", colour, css.Data, html)
		}
	}
	if designed := DefaultPalette(); strings.Contains(html, designed.Light.Accent) || strings.Contains(html, designed.Dark.Accent) {
		t.Errorf("the mail has an accent as it was designed:\n%s", html)
	}
}

func TestTheStyleSheetUsesOnlyVariablesThatThereAre(t *testing.T) {
	t.Parallel()
	style, _ := Default().Static("style.css")
	colours, _ := Default().Static("colours.css")
	defined := string(colours.Data) + string(style.Data)
	uses := regexp.MustCompile(`var\((--[a-z-]+)`).FindAllStringSubmatch(string(style.Data), -1)
	if len(uses) < 20 {
		t.Fatalf("%d uses found", len(uses))
	}
	for _, use := range uses {
		if !strings.Contains(defined, use[1]+": ") {
			t.Errorf("%s is not defined", use[1])
		}
	}
}

// Whatever colours are chosen, a palette that is returned can be read.
func FuzzColours(f *testing.F) {
	const none = 1 << 24
	f.Add(uint32(0x0b4f79), uint32(none), uint32(0xffffff), uint32(none), uint32(0), uint32(none))
	f.Add(uint32(0xb00020), uint32(0xfff1e5), uint32(none), uint32(0xffd400), uint32(none), uint32(0x333333))
	f.Add(uint32(0x6b6b6b), uint32(none), uint32(none), uint32(none), uint32(none), uint32(none))
	chosen := func(n uint32) string {
		if n >= none {
			return ""
		}
		return fmt.Sprintf("#%06X", n)
	}
	f.Fuzz(func(t *testing.T, a, b, c, d, e, g uint32) {
		p, err := Colours{
			Light: ColourChoice{chosen(a), chosen(b), chosen(c)},
			Dark:  ColourChoice{chosen(d), chosen(e), chosen(g)},
		}.Palette()
		if err != nil {
			return
		}
		for _, s := range []Shades{p.Light, p.Dark} {
			for _, pair := range [][2]string{
				{s.Ink, s.Paper}, {s.Ink, s.Sheet}, {s.Ink, s.Tint}, {s.Soft, s.Paper}, {s.Soft, s.Sheet}, {s.Soft, s.Tint},
				{s.Accent, s.Paper}, {s.Accent, s.Sheet}, {s.Accent, s.Tint}, {s.OnAccent, s.Accent},
			} {
				if got := contrast(pair[0], pair[1]); got < leastContrast {
					t.Errorf("%q on %q: %.2f", pair[0], pair[1], got)
				}
			}
			if got := min(contrast(s.field(), s.Paper), contrast(s.field(), s.Sheet)); got < 3 {
				t.Errorf("the border of a field, %q on %q and %q: %.2f", s.field(), s.Paper, s.Sheet, got)
			}
		}
	})
}

func BenchmarkLoadOwn(b *testing.B) {
	files := own("web/left.html.tmpl", ownLeft)
	for b.Loop() {
		if _, err := Load(files, Colours{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoadBuiltIn(b *testing.B) {
	for b.Loop() {
		if _, err := Load(nil, Colours{}); err != nil {
			b.Fatal(err)
		}
	}
}
