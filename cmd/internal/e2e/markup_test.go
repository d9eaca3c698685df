//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// judgePlace is where .ci/run has put the judges that are Node's.
func judgePlace(name string) string { return filepath.Join(os.Getenv("REDIGEST_JUDGES"), name) }

// faults runs a judge that is silent about what is good, and returns its lines.
func faults(t *testing.T, name string, args ...string) []string {
	t.Helper()
	cmd := exec.Command(name, args...)
	out, err := cmd.CombinedOutput()
	if _, judged := err.(*exec.ExitError); err != nil && !judged {
		t.Fatalf("%s: %v", name, err)
	}
	lines := strings.FieldsFunc(string(out), func(r rune) bool { return r == '\n' })
	if err != nil && len(lines) == 0 {
		t.Fatalf("%s: %v", cmd, err)
	}
	return lines
}

// htmlValidate has files judged by html-validate, by its recommended rules but
// for those against what mail is made of (styles and attributes at each element)
// and for some of taste: how the doctype is written, types of buttons and fields
// that are those they have anyway, and the length of a title that is a headline.
func htmlValidate(t *testing.T, kind string, files ...string) []string {
	t.Helper()
	return faults(t, "node", append([]string{judgePlace("node_modules/html-validate/bin/html-validate.mjs"), "--config", judgePlace(kind + ".htmlvalidate.json"), "--formatter", "text"}, files...)...)
}

// vnu has files judged by the checker of the W3C. What it warns of are
// attributes that HTML has given up and mail has not.
func vnu(t *testing.T, files ...string) []string {
	t.Helper()
	return faults(t, "java", append([]string{"-jar", judgePlace("node_modules/vnu-jar/build/dist/vnu.jar"), "--errors-only", "--format", "gnu"}, files...)...)
}

// caniemail names what clients of mail do not know.
func caniemail(t *testing.T, files ...string) []string {
	t.Helper()
	return faults(t, "node", append([]string{judgePlace("caniemail.mjs")}, files...)...)
}

// unknownTo is what the mail may hold although clients do not know it, and what
// becomes of it there.
var unknownTo = map[string]string{
	"@media: Outlook (Windows), Thunderbird":                                 "the whole style sheet may be lost; Thunderbird does know it (see the pictures)",
	"table-layout: Outlook (Windows)":                                        "its tables keep their width by the attribute",
	"<body> element: Yahoo (iOS), Yahoo (Android)":                           "it becomes a div, and the colours stand at the table inside it too",
	"aria-label attribute: Thunderbird, Yahoo (iOS), Yahoo (Android), Yahoo": "a trend is not read out there, and the change beside it is",
	"height property: Yahoo (iOS), Yahoo (Android), Yahoo":                   "it becomes the least height, which is as good for the bars of a trend",
	"white-space: Outlook (Windows)":                                         "a line may break within a date",
	"word-wrap: Outlook (Windows)":                                           "long words stand out over the edge of a column that is narrow there only if the window is",
	"word-break: Yahoo (iOS), Yahoo (Android), Yahoo":                        "long words are only broken later, by the screen's edge",
}

// markupPasses requires that the mails and pages of all issues are valid HTML,
// and that clients know what the mails are made of.
func markupPasses(t *testing.T, issues []issued) {
	var mails, pages []string
	for _, i := range issues {
		mails = append(mails, i.file("mail.html"))
		for _, page := range i.pages {
			pages = append(pages, i.file(page+".html"))
		}
	}
	none := func(judge string, faults []string) {
		t.Helper()
		if len(faults) > 0 {
			t.Errorf("%s: %s", judge, strings.Join(faults, "\n"))
		}
	}
	none("html-validate of mails", htmlValidate(t, "mail", mails...))
	none("html-validate of pages", htmlValidate(t, "page", pages...))
	none("vnu", vnu(t, append(mails, pages...)...))
	none("caniemail", slices.DeleteFunc(caniemail(t, mails...), func(fault string) bool {
		_, what, _ := strings.Cut(fault, " ")
		return unknownTo[what] != ""
	}))
}

// markupCondemns shows that none of the judges is blind.
func markupCondemns(t *testing.T, i issued) {
	spoilt := func(old, new string) string {
		t.Helper()
		page := strings.Replace(i.html, old, new, 1)
		if page == i.html {
			t.Fatalf("there is no %s to spoil", old)
		}
		return htmlFile(t, page)
	}
	sees := func(faults []string, want string) {
		t.Helper()
		if !strings.Contains(strings.Join(faults, "\n"), want) {
			t.Errorf("it sees %q, not %s", faults, want)
		}
	}
	sees(htmlValidate(t, "mail", spoilt("</h1>", "</h1><img src=x>")), "alt")
	sees(htmlValidate(t, "page", spoilt("<html lang=\"en\"", "<html")), "lang")
	sees(vnu(t, spoilt("</h1>", "</h1><p><h2>x</p>")), "error")
	sees(caniemail(t, spoilt("</h1>", "</h1><div style=\"display:grid;position:fixed\">x</div>")), "Gmail")
}

func htmlFile(t *testing.T, page string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}
