package mail

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	gomail "github.com/wneessen/go-mail"
)

// Build makes the template of a letter: two parts that say the same, plain
// text first, in quoted-printable, seven bits and CRLF throughout. What is in
// its fields from elsewhere cannot start a header line or a part of its own.
func Build(l Letter) (*Template, error) {
	fields, err := l.header()
	if err != nil {
		return nil, err
	}
	l.Text, l.HTML = bodyText(l.Text), bodyText(l.HTML)
	if err := l.checkBodies(); err != nil {
		return nil, err
	}
	mime, body, err := l.mime()
	if err != nil {
		return nil, err
	}
	// Copies are not looked at again: whatever could end a line or the message
	// in the eyes of some relay is kept out here, once.
	if err := checkOctets(body); err != nil {
		return nil, fmt.Errorf("build the message: %w", err)
	}
	return l.compile(slices.Concat(fields, mime), body)
}

// compile makes the template of a message, whose header fields lack those that
// are each reader's own.
func (l Letter) compile(fields []string, body []byte) (*Template, error) {
	var c compiler
	c.header(fields)
	c.literal(body)
	t := c.template()
	if l.Signer == nil {
		return t, nil
	}
	g, err := l.Signer.signing(fields, body)
	if err != nil {
		return nil, err
	}
	with := *t
	with.signing, with.bare = g, t
	return &with, nil
}

// checkBodies holds the promise that whoever can read a mail can leave the list.
func (l Letter) checkBodies() error {
	for _, part := range []struct{ name, body string }{{"text", l.Text}, {"HTML", l.HTML}} {
		if strings.TrimSpace(part.body) == "" {
			return fmt.Errorf("the letter has no %s part", part.name)
		}
		if l.UnsubscribeURL != "" && !strings.Contains(part.body, TokenPlace) {
			return fmt.Errorf("the letter's %s part has no link to unsubscribe", part.name)
		}
	}
	return nil
}

// bodyText makes a part's text fit for mail: one kind of line end, and no
// controls that mail must not carry (NUL) or readers would not show.
func bodyText(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, "?"))
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}

// mime has the library build both parts, and returns its MIME fields and the
// body. The other fields of the header are ours: the library begins long ones
// on a line of their own, encodes List-Id with its brackets, and lets a
// one-click address be https alone, which a site on loopback is not.
func (l Letter) mime() (header []string, body []byte, err error) {
	msg := gomail.NewMsg(
		gomail.WithCharset("utf-8"),
		gomail.WithEncoding(gomail.EncodingQP),
		gomail.WithNoDefaultUserAgent(),
	)
	msg.SetBodyString(gomail.TypeTextPlain, l.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		return nil, nil, fmt.Errorf("build the message: %w", err)
	}
	head, body, ok := bytes.Cut(b.Bytes(), []byte("\r\n\r\n"))
	if !ok {
		return nil, nil, errors.New("build the message: it has no body")
	}
	header, err = mimeFields(string(head))
	return header, shieldFrom(body), err
}

// shieldFrom encodes the F of a line that begins with “From ”: mailboxes of the
// old form take such a line for the beginning of a mail. A line that would grow
// too long by it is broken softly.
func shieldFrom(body []byte) []byte {
	const longest = 76 // RFC 2045 section 6.7
	var out []byte
	for line := range bytes.Lines(body) {
		for bytes.HasPrefix(line, []byte("From ")) {
			out, line = append(out, "=46rom "...), line[len("From "):]
			if len("=46rom ")+len(bytes.TrimRight(line, "\r\n")) > longest {
				out = append(out, softBreak...)
				continue
			}
			break
		}
		out = append(out, line...)
	}
	return out
}

// mimeFields picks the MIME fields out of a built header. Date and Message-ID
// are each reader's own; any other field would go out unseen, so it is an error.
func mimeFields(head string) ([]string, error) {
	var kept []string
	for _, f := range splitFields(head) {
		switch name, _, _ := strings.Cut(f, ":"); name {
		case "Mime-Version", "MIME-Version", "Content-Type":
			kept = append(kept, f)
		case "Date", "Message-ID":
		default:
			return nil, fmt.Errorf("build the message: unexpected header field %q", name)
		}
	}
	return kept, nil
}

// splitFields cuts a header into fields, each with its folded lines and line end.
func splitFields(head string) []string {
	var fields []string
	for line := range strings.SplitSeq(head, "\r\n") {
		if folded := line != "" && (line[0] == ' ' || line[0] == '\t'); folded && len(fields) > 0 {
			fields[len(fields)-1] += line + "\r\n"
			continue
		}
		fields = append(fields, line+"\r\n")
	}
	return fields
}
