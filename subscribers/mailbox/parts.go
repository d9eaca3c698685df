package mailbox

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"strings"

	"golang.org/x/net/html/charset"
)

// whole reads a mail and its parts.
func whole(root *os.Root, name string) (Message, error) {
	f, err := root.Open(name)
	if err != nil {
		return Message{}, ErrNoMessage
	}
	defer f.Close()
	m, err := about(f, name)
	if err != nil {
		return Message{}, fmt.Errorf("read a mail: %w", err)
	}
	if m.Source, err = io.ReadAll(io.LimitReader(f, maxMessage)); err != nil {
		return Message{}, fmt.Errorf("read a mail: %w", err)
	}
	m.parse()
	return m, nil
}

// parse fills in what can be read, and says in Fault what cannot.
func (m *Message) parse() {
	parsed, err := netmail.ReadMessage(bytes.NewReader(m.Source))
	if err != nil {
		m.Fault = "it has no readable header: " + err.Error()
		return
	}
	m.setHeader(parsed.Header)
	h := parsed.Header
	if err := m.part(h.Get("Content-Type"), h.Get("Content-Transfer-Encoding"), parsed.Body, 0); err != nil {
		m.Fault = err.Error()
	}
}

// part reads one part, and those within it. The last of a kind counts.
func (m *Message) part(contentType, encoding string, body io.Reader, depth int) error {
	const deepest = 8
	if contentType == "" {
		contentType = "text/plain"
	}
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return fmt.Errorf("its content type %q cannot be read: %w", contentType, err)
	}
	if strings.HasPrefix(kind, "multipart/") && depth < deepest {
		return m.multipart(params["boundary"], body, depth)
	}
	if kind != "text/plain" && kind != "text/html" {
		return nil
	}
	text, err := decodeText(params["charset"], encoding, body)
	if err != nil {
		return fmt.Errorf("its %s part cannot be read: %w", kind, err)
	}
	if kind == "text/html" {
		m.HTML = text
	} else {
		m.Text = text
	}
	return nil
}

func (m *Message) multipart(boundary string, body io.Reader, depth int) error {
	r := multipart.NewReader(body, boundary)
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("its parts cannot be told apart: %w", err)
		}
		h := p.Header
		if err := m.part(h.Get("Content-Type"), h.Get("Content-Transfer-Encoding"), p, depth+1); err != nil {
			return err
		}
	}
}

func decodeText(label, encoding string, body io.Reader) (string, error) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	if label != "" {
		var err error
		if body, err = charset.NewReaderLabel(label, body); err != nil {
			return "", err
		}
	}
	b, err := io.ReadAll(body)
	return strings.ReplaceAll(string(b), "\r\n", "\n"), err
}
