package bounce

import (
	"mime"
	"net/mail"
	"strings"
)

// A Field is one field of a header, unfolded, its encoded words still encoded.
type Field struct{ Name, Value string }

// A Header is the fields of a message in their order.
type Header []Field

// Get returns the value of the first field called name, whatever its case, or
// the empty string.
func (h Header) Get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// All returns the values of all fields called name.
func (h Header) All(name string) (all []string) {
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			all = append(all, f.Value)
		}
	}
	return all
}

// has tells whether any of the names stands in h.
func (h Header) has(names ...string) bool {
	for _, f := range h {
		for _, n := range names {
			if strings.EqualFold(f.Name, n) {
				return true
			}
		}
	}
	return false
}

// text returns the field with its encoded words decoded (RFC 2047), in lower case.
func (h Header) text(name string) string { return strings.ToLower(decodeWords(h.Get(name))) }

func decodeWords(s string) string {
	if !strings.Contains(s, "=?") {
		return s
	}
	d := mime.WordDecoder{CharsetReader: charsetReader}
	if out, err := d.DecodeHeader(s); err == nil {
		return out
	}
	return s
}

// maxFields is how many fields a header is read to.
const maxFields = 500

// readHeader reads the fields at the beginning of text and returns what
// follows the empty line behind them. A line that is no field ends the header
// too, for many programs forget the empty line.
func readHeader(text string) (h Header, rest string) {
	for rest = text; rest != ""; {
		line, after := cutLine(rest)
		if strings.TrimRight(line, " \t") == "" {
			return h, after
		}
		name, value, ok := cutField(line)
		switch {
		case ok:
			value, after = unfold(value, after)
			if len(h) < maxFields {
				h = append(h, Field{name, value})
			}
		case len(h) == 0 && isEnvelopeLine(line):
		default:
			return h, rest
		}
		rest = after
	}
	return h, ""
}

// unfold adds to the value of a field the lines in rest that go on with it
// (RFC 5322, section 2.2.3).
func unfold(value, rest string) (whole, after string) {
	var b strings.Builder
	b.WriteString(value)
	for rest != "" && continues(rest) {
		line, next := cutLine(rest)
		line = strings.TrimSpace(line)
		if line == "" {
			break // an empty line, though somebody put spaces into it
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		if b.Len() < maxValue {
			b.WriteString(line)
		}
		rest = next
	}
	return b.String(), rest
}

// maxValue is where the unfolding of one value stops.
const maxValue = 16 << 10

func continues(line string) bool { return line[0] == ' ' || line[0] == '\t' }

// isEnvelopeLine knows the line that mailbox files put above a message.
func isEnvelopeLine(line string) bool {
	return strings.HasPrefix(line, "From ") || strings.HasPrefix(line, ">From ")
}

// cutField splits a line into the name and the value of a field (RFC 5322, section 2.2).
func cutField(line string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(line, ":")
	name = strings.TrimRight(name, " \t")
	if !ok || name == "" || len(name) > 76 {
		return "", "", false
	}
	for i := range len(name) {
		if name[i] <= ' ' || name[i] >= 127 {
			return "", "", false
		}
	}
	return name, strings.TrimSpace(value), true
}

// cutLine splits text behind its first line.
func cutLine(text string) (line, rest string) {
	line, rest, _ = strings.Cut(text, "\n")
	return line, rest
}

// deliveryFields say whom a mail came to; the first were written by the
// machine that delivered it, the last by whoever sent it.
var deliveryFields = []string{
	"Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To",
	"X-Rcpt-To", "X-Forwarded-To", "Apparently-To", "To", "Cc",
}

// deliveredTo lists the addresses that the mail itself came to.
func deliveredTo(h Header) (all []string) {
	seen := map[string]bool{}
	for _, name := range deliveryFields {
		for _, v := range h.All(name) {
			for _, a := range addressesIn(v) {
				if !seen[a] && len(all) < maxAddresses {
					seen[a] = true
					all = append(all, a)
				}
			}
		}
	}
	return all
}

// maxAddresses bounds the addresses taken from a header.
const maxAddresses = 50

// addressesIn returns the addresses of an address field: by the grammar when
// it holds, by their look when it does not.
func addressesIn(value string) (all []string) {
	if list, err := mail.ParseAddressList(value); err == nil {
		for _, a := range list {
			all = append(all, a.Address)
		}
		return all
	}
	return findAddresses(value)
}
