package bounce

import (
	"mime"
	"strings"
)

// A part is one node of a message's MIME tree (RFC 2046), with its text
// decoded and its lines ended by LF alone.
type part struct {
	header   Header
	media    string // type and subtype in lower case
	params   map[string]string
	text     string
	children []part
}

const (
	maxDepth = 8
	maxParts = 100
)

// readPart reads a message or one part of it.
func readPart(text string, depth int) part {
	h, body := readHeader(text)
	p := part{header: h}
	p.media, p.params = mediaOf(h)
	if strings.HasPrefix(p.media, "multipart/") && depth < maxDepth {
		preamble, sections := split(body, p.params["boundary"])
		p.text = preamble
		for _, s := range sections {
			p.children = append(p.children, readPart(s, depth+1))
		}
		return p
	}
	p.text = decodeBody(body, h.Get("Content-Transfer-Encoding"), p.params["charset"], p.media)
	return p
}

// mediaOf returns the media type of a part; without one it is plain text.
func mediaOf(h Header) (string, map[string]string) {
	v := h.Get("Content-Type")
	if v == "" {
		return "text/plain", nil
	}
	media, params, err := mime.ParseMediaType(v)
	if err == nil {
		return media, params
	}
	// Of a type with a faulty parameter the type still holds, and a boundary is worth a search.
	media, _, _ = strings.Cut(v, ";")
	media, _, _ = strings.Cut(strings.TrimSpace(media), " ")
	return strings.ToLower(strings.TrimSpace(media)), looseParams(v)
}

// looseParams reads the parameters that the grammar did not, such as a
// boundary without its quotes.
func looseParams(v string) map[string]string {
	params := map[string]string{}
	for _, s := range strings.Split(v, ";")[1:] {
		name, value, ok := strings.Cut(s, "=")
		if ok {
			params[strings.ToLower(strings.TrimSpace(name))] = strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return params
}

// split cuts the body of a multipart at its boundary. A boundary that is not
// told or does not occur is taken from the first line that looks like one, and
// a missing last delimiter is no fault: returned mail is often cut off.
func split(body, boundary string) (preamble string, sections []string) {
	delimiter := "--" + boundary
	if boundary == "" || !strings.Contains(body, delimiter) {
		if delimiter = guessDelimiter(body); delimiter == "" {
			return body, nil
		}
	}
	start, inside := 0, false
	for at := 0; at < len(body) && len(sections) < maxParts; {
		line, _ := cutLine(body[at:])
		next := min(at+len(line)+1, len(body))
		if after, ok := strings.CutPrefix(strings.TrimRight(line, " \t"), delimiter); ok && (after == "" || after == "--") {
			if inside {
				sections = append(sections, body[start:at])
			} else {
				preamble = body[:at]
			}
			start, inside = next, after == ""
			if after == "--" {
				return preamble, sections
			}
		}
		at = next
	}
	if inside && len(sections) < maxParts {
		sections = append(sections, body[start:])
	}
	return preamble, sections
}

// guessDelimiter returns the first line of body that starts like a delimiter
// and is followed by a field of a part.
func guessDelimiter(body string) string {
	for rest := body; rest != ""; {
		var line string
		line, rest = cutLine(rest)
		next, _ := cutLine(rest)
		if strings.HasPrefix(line, "--") && len(line) > 4 && !strings.Contains(line, " ") &&
			len(next) > 8 && strings.EqualFold(next[:8], "content-") {
			return line
		}
	}
	return ""
}
