package bounce

import "strings"

// cutCopy splits a text before the returned copy of the message, which many
// reporters put below their own words without any MIME. It is known by its
// look, not by the line above it, of which there are hundreds: a block of
// header fields with one that only a message has.
func cutCopy(s string) (notice, rest string) {
	marked, named := -1, false
	for at := 0; at < len(s); {
		line, _ := cutLine(s[at:])
		if named && marked < 0 && isCopyMark(line) {
			marked = at
		}
		named = named || strings.Contains(line, "@")
		if name, _, ok := cutField(line); ok && !continues(line) && isMessageField(name) {
			fields, origin := countFields(s[at:])
			if origin && (fields >= 3 || marked >= 0) {
				return s[:cutAt(at, marked)], s[at:]
			}
		}
		at += len(line) + 1
	}
	if marked >= 0 {
		return s[:marked], ""
	}
	return s, ""
}

// cutAt prefers the mark above a copy to its first field.
func cutAt(at, marked int) int {
	if marked >= 0 {
		return marked
	}
	return at
}

// countFields counts the fields of the block that s begins with, and tells
// whether one of them is such as only a message has.
func countFields(s string) (fields int, origin bool) {
	for lines := 0; s != "" && lines < maxCounted; lines++ {
		var line string
		line, s = cutLine(s)
		if strings.TrimSpace(line) == "" {
			return fields, origin
		}
		if continues(line) {
			continue
		}
		name, _, ok := cutField(line)
		if !ok {
			return fields, origin
		}
		fields++
		for _, f := range originFields {
			origin = origin || strings.EqualFold(f, name)
		}
	}
	return fields, origin
}

// maxCounted is how many lines of a block are looked at.
const maxCounted = 100

// isMessageField knows the fields that a returned copy may begin with.
func isMessageField(name string) bool {
	switch strings.ToLower(name) {
	case "received", "return-path", "from", "to", "cc", "subject", "date", "message-id", "mime-version",
		"content-type", "sender", "reply-to", "delivered-to", "dkim-signature", "domainkey-signature",
		"arc-seal", "arc-message-signature", "arc-authentication-results", "authentication-results", "received-spf":
		return true
	}
	return len(name) > 2 && (name[0] == 'X' || name[0] == 'x') && name[1] == '-'
}

// copyMarks stand on the line above a returned copy.
var copyMarks = []string{
	"copy of the message", "copy of your message", "copy of the original message", "copy of the returned message",
	"original message", "original message follows", "unsent message", "unsent message follows", "message headers",
	"message header", "headers of the message", "headers of your message", "headers follow", "message follows",
	"returned message", "undelivered message", "text of your message", "message text follows",
	"message returned below", "the header of the original message", "original message headers", "original mail",
	"forwarded message follows", "first .. lines of", "beginning of the message", "body of the message",
	"the message below",
}

// isCopyMark knows a line that says that the copy comes next: it names the
// copy, and it is drawn or ends like a heading.
func isCopyMark(line string) bool {
	line = strings.TrimSpace(line)
	if line == "" || len(line) > 100 || strings.Contains(line, "@") {
		return false
	}
	drawn := strings.HasPrefix(line, "--") || strings.HasPrefix(line, "==") || strings.HasPrefix(line, "**") || strings.HasPrefix(line, "__")
	if !drawn && !strings.HasSuffix(line, ":") && !strings.Contains(line, "follow") {
		return false
	}
	words := plainWords(line)
	for _, m := range copyMarks {
		if says(words, m) {
			return true
		}
	}
	return false
}
