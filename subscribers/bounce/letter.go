package bounce

import (
	"html"
	"strings"
)

// A letter is a returned mail taken apart.
type letter struct {
	header Header
	report string // report-type of a multipart/report

	notice   string   // what the reporter wrote for people
	statuses []string // delivery-status parts
	feedback []string // feedback-report parts
	receipts []string // disposition-notification parts
	copy     Header   // header of the returned copy
	inner    string   // the returned copy itself
}

// open takes a mail apart.
func open(text string) letter {
	m := readPart(text, 0)
	l := letter{header: m.header, report: strings.ToLower(m.params["report-type"])}
	var plain, rich []string
	l.collect(m, true, &plain, &rich)
	l.notice = strings.Join(plain, "\n")
	if strings.TrimSpace(l.notice) == "" {
		l.notice = strings.Join(rich, "\n")
	}
	l.splitNotice()
	return l
}

// collect sorts the parts of p by what they are for.
func (l *letter) collect(p part, top bool, plain, rich *[]string) {
	if !top && isCopyHeader(p.header) {
		l.keepCopy(p.header, p.text)
		return
	}
	if len(p.children) > 0 {
		for _, c := range p.children {
			l.collect(c, false, plain, rich)
		}
		return
	}
	switch p.media {
	case "message/delivery-status", "message/global-delivery-status":
		l.statuses = append(l.statuses, p.text)
	case "message/feedback-report":
		l.feedback = append(l.feedback, p.text)
	case "message/disposition-notification", "message/global-disposition-notification":
		l.receipts = append(l.receipts, p.text)
	case "message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers":
		h, _ := readHeader(strings.TrimLeft(p.text, "\n "))
		l.keepCopy(h, p.text)
	case "text/html":
		*rich = append(*rich, htmlText(p.text))
	default:
		if strings.HasPrefix(p.media, "text/") || strings.HasPrefix(p.media, "multipart/") {
			*plain = append(*plain, p.text)
		}
	}
}

// keepCopy keeps the first returned copy.
func (l *letter) keepCopy(h Header, text string) {
	if len(l.copy) == 0 {
		l.copy, l.inner = h, text
	}
}

// originFields occur in the header of a message and in no header of a part.
var originFields = []string{"Received", "Return-Path", "Message-ID", "DKIM-Signature", "X-Received", "MIME-Version", "Delivered-To", "X-Mailer"}

// isCopyHeader knows the header of a message that stands where the header of
// a part should: some reporters forget to say message/rfc822.
func isCopyHeader(h Header) bool {
	return h.has("Received", "Return-Path", "Message-ID") && h.has("From", "To", "Subject", "Date")
}

// splitNotice takes from the notice what is no notice: the header of the
// returned copy below it, and status fields that stand in it as plain text.
func (l *letter) splitNotice() {
	l.notice = unquoteForward(l.notice)
	notice, rest := cutCopy(l.notice)
	l.notice = notice
	if rest != "" {
		h, _ := readHeader(rest)
		l.keepCopy(h, rest)
	}
	if len(l.statuses) == 0 {
		if at := statusFieldsAt(l.notice); at >= 0 {
			l.statuses = append(l.statuses, l.notice[at:])
			l.notice = l.notice[:at]
		}
	}
}

// unquoteForward removes the marks of a quotation when most of a text is
// quoted, as in a report that somebody forwarded.
func unquoteForward(s string) string {
	quoted, lines := 0, 0
	for rest := s; rest != ""; {
		var line string
		line, rest = cutLine(rest)
		if strings.TrimSpace(line) != "" {
			lines++
			if line[0] == '>' {
				quoted++
			}
		}
	}
	if quoted < 5 || quoted*2 < lines {
		return s
	}
	var b strings.Builder
	for rest := s; rest != ""; {
		var line string
		line, rest = cutLine(rest)
		if after, ok := strings.CutPrefix(line, ">"); ok {
			line = strings.TrimPrefix(after, " ")
		}
		b.WriteString(line)
		b.WriteByte('\n')
	}
	return b.String()
}

// statusFieldsAt returns where fields of a delivery-status begin in a text, or -1.
func statusFieldsAt(s string) int {
	begin, fields := -1, 0
	for at := 0; at < len(s); {
		line, _ := cutLine(s[at:])
		name, _, ok := cutField(line)
		switch {
		case ok && isStatusField(name):
			if begin < 0 {
				begin = at
			}
			fields++
			if strings.EqualFold(name, "Final-Recipient") || strings.EqualFold(name, "Original-Recipient") {
				return begin
			}
		case strings.TrimSpace(line) != "" && !continues(line):
			if fields < 2 {
				begin, fields = -1, 0
			}
		}
		at += len(line) + 1
	}
	return -1
}

func isStatusField(name string) bool {
	switch strings.ToLower(name) {
	case "reporting-mta", "received-from-mta", "arrival-date", "original-envelope-id",
		"final-recipient", "original-recipient", "action", "status", "remote-mta",
		"diagnostic-code", "last-attempt-date", "will-retry-until":
		return true
	}
	return false
}

// htmlText returns the text of a page of HTML, near enough to find addresses
// and phrases in it.
func htmlText(s string) string {
	var b strings.Builder
	for s != "" {
		open := strings.IndexByte(s, '<')
		if open < 0 {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:open])
		s = s[open:]
		end := strings.IndexByte(s, '>')
		if end < 0 {
			break
		}
		tag := tagName(s[1:end])
		s = s[end+1:]
		switch tag {
		case "style", "script", "title":
			s = skipElement(s, tag)
		case "br", "p", "/p", "div", "/div", "tr", "/tr", "li", "/li", "h1", "/h1", "h2", "/h2", "table", "/table", "pre", "/pre", "hr":
			b.WriteByte('\n')
		case "td", "/td", "th", "/th":
			b.WriteByte(' ')
		}
	}
	return html.UnescapeString(b.String())
}

// skipElement returns what follows the end of an element.
func skipElement(s, tag string) string {
	for rest := s; ; {
		i := strings.Index(rest, "</")
		if i < 0 {
			return ""
		}
		rest = rest[i+2:]
		if len(rest) >= len(tag) && strings.EqualFold(rest[:len(tag)], tag) {
			_, after, _ := strings.Cut(rest, ">")
			return after
		}
	}
}

func tagName(tag string) string {
	for i := 1; i < len(tag); i++ {
		if c := tag[i]; c == ' ' || c == '\n' || c == '\t' || c == '/' {
			tag = tag[:i]
			break
		}
	}
	if len(tag) > 10 {
		return ""
	}
	return strings.ToLower(tag)
}
