package returns

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// maxMail is how much of a mail is looked at: more than any report says.
const maxMail = 4 << 20

// fingerprint returns what stands for a mail, however it came here, and its
// Message-ID without brackets. Servers on the way add fields in front and change
// line ends, so it is made of the body and of those fields that the mail's
// writer gave it.
func fingerprint(raw []byte) (sum, messageID string) {
	h := sha256.New()
	header, body := cutHeader(oneLineEnd(raw[:min(len(raw), maxMail)]))
	for _, f := range header {
		name, value, _ := strings.Cut(f, ":")
		switch name = strings.ToLower(strings.TrimSpace(name)); name {
		case "message-id":
			messageID = strings.Trim(strings.TrimSpace(value), "<>")
			fallthrough
		case "from", "to", "subject", "date", "content-type":
			h.Write([]byte(name + ":" + value + "\n"))
		}
	}
	h.Write([]byte{'\n'})
	h.Write(bytes.TrimRight(body, "\n"))
	return hex.EncodeToString(h.Sum(nil)), messageID
}

func oneLineEnd(raw []byte) []byte {
	raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte{'\n'})
	return bytes.ReplaceAll(raw, []byte{'\r'}, []byte{'\n'})
}

// cutHeader returns the unfolded fields of a mail, and its body.
func cutHeader(mail []byte) (fields []string, body []byte) {
	head, body, _ := bytes.Cut(mail, []byte("\n\n"))
	for line := range strings.SplitSeq(string(head), "\n") {
		if folded := line != "" && (line[0] == ' ' || line[0] == '\t'); folded && len(fields) > 0 {
			fields[len(fields)-1] += " " + strings.TrimSpace(line)
			continue
		}
		fields = append(fields, line)
	}
	return fields, body
}
