package main

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A letter is a mail as its reader has it.
type letter struct {
	raw        []byte
	header     mail.Header
	subject    string
	text, html string
}

// inbox returns the mails to an address in the built-in mailbox, the oldest
// first.
func (p *program) inbox(address string) (all []letter) {
	p.t.Helper()
	names, err := filepath.Glob(p.path("mailbox/new/*"))
	if err != nil {
		p.t.Fatal(err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			p.t.Fatal(err)
		}
		if l := readLetter(p.t, raw); strings.Contains(l.header.Get("To"), address) {
			all = append(all, l)
		}
	}
	return all
}

func readLetter(t *testing.T, raw []byte) letter {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	l := letter{raw: raw, header: m.Header}
	if l.subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return l
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/plain") {
			l.text = string(body)
		} else {
			l.html = string(body)
		}
	}
}

// link returns the address in the text part that has this path.
func (l letter) link(t *testing.T, path string) string {
	t.Helper()
	found := regexp.MustCompile(`https?://\S+` + path + `\S*`).FindString(l.text)
	if found == "" {
		t.Fatalf("no link to %s in\n%s", path, l.text)
	}
	return found
}
