package returns

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
)

// maxMail is how much of a mail is looked at: as much as [bounce.Parse] reads.
const maxMail = 1 << 20

// readMail reads a mail to its end, and keeps no more of it than is looked at:
// a hundred at a time may come in, of ten megabytes each.
func readMail(from io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(from, maxMail))
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(io.Discard, from)
	return raw, err
}

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
	var field []string // the lines of the last one, joined once: a mail may have a million of them
	for line := range strings.SplitSeq(string(head), "\n") {
		if folded := line != "" && (line[0] == ' ' || line[0] == '\t'); folded && len(field) > 0 {
			field = append(field, strings.TrimSpace(line))
			continue
		}
		fields = append(fields, strings.Join(field, " "))
		field = append(field[:0], line)
	}
	return append(fields, strings.Join(field, " ")), body
}
