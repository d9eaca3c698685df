package templates

import (
	"embed"
	"fmt"
	htmltemplate "html/template"
	"strings"
	texttemplate "text/template"
)

//go:embed mail/*.tmpl
var mailFiles embed.FS

// mailHTMLs and mailTexts hold every mail and the pieces they share.
var (
	mailHTMLs = htmltemplate.Must(htmltemplate.New("mail").Funcs(htmltemplate.FuncMap{
		"oneLine": oneLine,
	}).ParseFS(mailFiles, "mail/*.html.tmpl"))

	mailTexts = texttemplate.Must(texttemplate.New("mail").Funcs(texttemplate.FuncMap{
		"oneLine":   oneLine,
		"underline": underline,
		"wrap":      wrap,
	}).ParseFS(mailFiles, "mail/*.txt.tmpl"))
)

func mailHTML(name string, view any) (string, error) {
	var b strings.Builder
	if err := mailHTMLs.ExecuteTemplate(&b, name+".html.tmpl", view); err != nil {
		return "", fmt.Errorf("HTML part of %s: %w", name, err)
	}
	return b.String(), nil
}

func mailText(name string, view any) (string, error) {
	var b strings.Builder
	if err := mailTexts.ExecuteTemplate(&b, name+".txt.tmpl", view); err != nil {
		return "", fmt.Errorf("text part of %s: %w", name, err)
	}
	return tidyText(b.String()), nil
}

// oneLine returns the lines of an address on one.
func oneLine(s string) string {
	lines := strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' })
	for i, line := range lines {
		lines[i] = strings.TrimRight(strings.TrimSpace(line), ",")
	}
	return strings.Join(lines, ", ")
}

func wrap(s string) string { return strings.Join(Wrap(s, TextWidth), "\n") }

// underline returns a line as wide as s.
func underline(s string) string { return strings.Repeat("=", min(Width(s), TextWidth)) }

// tidyText returns a text part without blanks at line ends and without more
// than two empty lines in a row. The line “-- ” above the footer keeps its
// blank: mail programs know a signature by it.
func tidyText(s string) string {
	var b strings.Builder
	empty := 0
	for line := range strings.Lines(strings.TrimSpace(s) + "\n") {
		if line != "-- \n" {
			line = strings.TrimRight(line, " \t\n") + "\n"
		}
		if empty++; line != "\n" {
			empty = 0
		}
		if empty <= 2 {
			b.WriteString(line)
		}
	}
	return b.String()
}
