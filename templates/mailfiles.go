package templates

import (
	"fmt"
	"strings"
)

// IssueHTML returns the HTML part of an issue.
func (s *Set) IssueHTML(m IssueMail) (string, error) {
	m.Palette = s.palette
	return s.mailHTML("issue", m)
}

// IssueText returns the text part of an issue.
func (s *Set) IssueText(m IssueMail) (string, error) { return s.mailText("issue", m) }

// ConfirmationHTML returns the HTML part of a confirmation.
func (s *Set) ConfirmationHTML(m ConfirmationMail) (string, error) {
	m.Palette = s.palette
	return s.mailHTML("confirmation", m)
}

// ConfirmationText returns the text part of a confirmation.
func (s *Set) ConfirmationText(m ConfirmationMail) (string, error) {
	return s.mailText("confirmation", m)
}

func (s *Set) mailHTML(name string, view any) (string, error) {
	var b strings.Builder
	if err := s.mailHTMLs.ExecuteTemplate(&b, "mail/"+name+".html.tmpl", view); err != nil {
		return "", fmt.Errorf("HTML part of %s: %w", name, err)
	}
	return b.String(), nil
}

func (s *Set) mailText(name string, view any) (string, error) {
	var b strings.Builder
	if err := s.mailTexts.ExecuteTemplate(&b, "mail/"+name+".txt.tmpl", view); err != nil {
		return "", fmt.Errorf("text part of %s: %w", name, err)
	}
	return tidyText(b.String()), nil
}

// mailFunctions are what the templates of mails may call.
var mailFunctions = map[string]any{
	"oneLine":   oneLine,
	"underline": underline,
	"wrap":      wrap,
}

// oneLine returns the lines of an address on one.
func oneLine(s string) string {
	lines := strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' })
	for i, line := range lines {
		lines[i] = strings.TrimRight(strings.TrimSpace(line), ",")
	}
	return strings.Join(lines, ", ")
}

// wrap returns s in lines of at most 72 cells; addresses stay whole.
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
