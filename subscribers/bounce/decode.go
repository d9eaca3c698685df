package bounce

import (
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// maxMail is how much of a mail is read. In a bigger one the rest is the
// returned copy, whose body tells nothing.
const maxMail = 1 << 20

// unify makes every line end with LF alone, whatever it ended with.
func unify(raw []byte) string {
	raw = raw[:min(len(raw), maxMail)]
	var b strings.Builder
	b.Grow(len(raw))
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; c {
		case '\r':
			for i+1 < len(raw) && raw[i+1] == '\r' && i+2 < len(raw) && raw[i+2] == '\n' {
				i++ // CR CR LF, which some gateways make, is one end
			}
			if i+1 < len(raw) && raw[i+1] == '\n' {
				i++
			}
			b.WriteByte('\n')
		case 0:
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// decodeBody undoes the transfer encoding of a part and, for text, its charset.
func decodeBody(body, encoding, charset, media string) string {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "quoted-printable":
		body = unquote(body)
	case "base64":
		body = strings.ReplaceAll(unbase64(body), "\r\n", "\n")
	}
	if strings.HasPrefix(media, "text/") || strings.HasPrefix(media, "message/") {
		body = toUTF8(body, charset)
	}
	return body
}

// unquote decodes quoted-printable (RFC 2045, section 6.7) and lets what is
// not well-formed stand as it is.
func unquote(s string) string {
	if !strings.Contains(s, "=") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '=' {
			b.WriteByte(s[i])
			continue
		}
		rest := s[i+1:]
		if line := strings.TrimLeft(rest, " \t"); line == "" || line[0] == '\n' {
			i += len(rest) - len(line) + 1 // a soft break
			continue
		}
		if len(rest) >= 2 && isHex(rest[0]) && isHex(rest[1]) {
			b.WriteByte(hex(rest[0])<<4 | hex(rest[1]))
			i += 2
			continue
		}
		b.WriteByte('=')
	}
	return b.String()
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'F' || c >= 'a' && c <= 'f'
}

func hex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}

// unbase64 decodes base64 as far as it goes, skipping what is not of its
// alphabet (RFC 2045, section 6.8).
func unbase64(s string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '+', r == '/':
			return r
		}
		return -1
	}, s)
	if len(clean)%4 == 1 {
		clean = clean[:len(clean)-1] // half a byte, where the mail was cut off
	}
	out, err := base64.RawStdEncoding.DecodeString(clean)
	if err != nil {
		return s
	}
	return string(out)
}

// toUTF8 decodes text of another charset. An unknown charset changes nothing:
// the words that matter are nearly always ASCII.
func toUTF8(s, charset string) string {
	charset = strings.ToLower(strings.Trim(charset, `"' `))
	switch charset {
	case "", "us-ascii", "utf-8", "utf8":
		if !strings.Contains(s, "\x1b$") {
			return s
		}
		charset = "iso-2022-jp" // its escapes say so, whatever the label says
	}
	enc, err := htmlindex.Get(charset)
	if err != nil {
		return s
	}
	if out, err := enc.NewDecoder().String(s); err == nil {
		return out
	}
	return s
}

// charsetReader gives the standard library's word decoder the same charsets.
func charsetReader(charset string, r io.Reader) (io.Reader, error) {
	enc, err := htmlindex.Get(charset)
	if err != nil {
		return nil, fmt.Errorf("read charset %q: %w", charset, err)
	}
	return enc.NewDecoder().Reader(r), nil
}
