package bounce

import "strings"

// findStatuses returns the enhanced codes (RFC 3463) in s, in order.
func findStatuses(s string) (all []string) {
	for i := 0; i < len(s); i++ {
		if i > 0 && (isDigit(s[i-1]) || s[i-1] == '.' || isLetter(s[i-1])) {
			continue
		}
		if n := statusLen(s[i:]); n > 0 {
			all = append(all, s[i:i+n])
			i += n
		}
	}
	return all
}

// statusLen returns the length of the enhanced code that s begins with, or 0.
func statusLen(s string) int {
	if len(s) < 5 || s[0] != '2' && s[0] != '4' && s[0] != '5' || s[1] != '.' {
		return 0
	}
	subject := digits(s[2:])
	if subject == 0 || subject > 3 || 2+subject >= len(s) || s[2+subject] != '.' {
		return 0
	}
	at := 3 + subject
	detail := digits(s[at:])
	if detail == 0 || detail > 3 {
		return 0
	}
	end := at + detail
	if end < len(s) && (isLetter(s[end]) || s[end] == '.' && end+1 < len(s) && isDigit(s[end+1])) {
		return 0 // an IP address or the version of a program
	}
	return end
}

// findCodes returns the SMTP reply codes of failure (RFC 5321, section 4.2) in s, in order.
func findCodes(s string) (all []string) {
	for i := 0; i+3 <= len(s); i++ {
		if s[i] != '4' && s[i] != '5' || !isDigit(s[i+1]) || !isDigit(s[i+2]) {
			continue
		}
		if s[i+1] > '7' || i > 0 && !startsCode(s[i-1]) || !endsCode(s[i+3:]) {
			i += digits(s[i:]) - 1
			continue
		}
		all = append(all, s[i:i+3])
		i += 2
	}
	return all
}

// startsCode tells whether a reply code may stand behind c.
func startsCode(c byte) bool {
	return c == ' ' || c == '\n' || c == '\t' || strings.IndexByte("#('\":;<[=", c) >= 0
}

// endsCode tells whether a reply code may stand before rest.
func endsCode(rest string) bool {
	if rest == "" {
		return true
	}
	switch rest[0] {
	case '-':
		return len(rest) > 1 && !(isDigit(rest[1]) && statusLen(rest[1:]) == 0)
	case ' ', '\n', '\t', ',', ';', ':', ')', '\'', '"', '<':
		return true
	case '.':
		return len(rest) == 1 || !isDigit(rest[1])
	case '#':
		return true
	}
	return false
}

func digits(s string) (n int) {
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// surest picks the code that says most: one with a detail before one that
// ends in 0, and either before x.0.0.
func surest(statuses ...string) (best string) {
	for _, s := range statuses {
		if weight(s) > weight(best) {
			best = s
		}
	}
	return best
}

func weight(status string) int {
	switch {
	case status == "":
		return 0
	case strings.HasSuffix(status, ".0.0"):
		return 1
	case strings.HasPrefix(status, "2"):
		return 0
	case strings.HasSuffix(status, ".0"):
		return 2
	}
	return 3
}

// first returns the first of codes, or nothing.
func first(codes []string) string {
	if len(codes) == 0 {
		return ""
	}
	return codes[0]
}

// A stage is the command that was refused.
type stage string

const (
	atConnect stage = "connect"
	atHello   stage = "ehlo"
	atAuth    stage = "auth"
	atMail    stage = "mail"
	atRcpt    stage = "rcpt"
	atData    stage = "data"
)

// stageWords say which command a reply was the answer to, the surest first.
// They are looked for in lower case with single spaces.
var stageWords = []struct {
	stage stage
	words []string
}{
	{atRcpt, []string{"in reply to rcpt to", "after rcpt to", "after pipelined rcpt to", "did not like our rcpt to", "[rcpt_to]", "does not like recipient", "doesn't like recipient", "rcpt-to validation", "in response to the rcpt", "(rcpt to)", "error following rcpt command", "rcpt command"}},
	{atMail, []string{"in reply to mail from", "after mail from", "after pipelined mail from", "did not like our mail from", "[mail_from]", "[mail from", "does not like sender", "but sender was rejected", "rejected mail from", "rejected sender", "in response to the mail"}},
	{atData, []string{"in reply to end of data", "in reply to data", "after end of data", "after data", "after pipelined data", "after pipelined end of data", "did not like our data", "did not like our end of data", "[data]", "failed after i sent the message", "failed after sending", "in reply to bdat", "for text command", "after data command", "end of message"}},
	{atConnect, []string{"after initial connection", "while receiving the initial server greeting", "refused to talk to me", "in reply to initial greeting", "initial server greeting", "did not like our banner", "connection was dropped", "but greeting failed"}},
	{atHello, []string{"in reply to ehlo", "in reply to helo", "after ehlo", "after helo", "did not like our ehlo", "did not like our helo", "but my name was rejected"}},
	{atAuth, []string{"in reply to auth", "after auth", "in reply to starttls", "after starttls", "server refused tls"}},
}

// stageOf returns the command that was refused: as a sentence says it, or
// else as the transcript shows it.
func stageOf(said string) stage {
	low := strings.ToLower(strings.Join(strings.Fields(said), " "))
	for _, s := range stageWords {
		for _, w := range s.words {
			if strings.Contains(low, w) {
				return s.stage
			}
		}
	}
	return stageOfTranscript(said)
}

// stageOfTranscript returns the last command before the first refusal in a
// transcript, where commands stand behind “>>>” or “In:” and replies behind
// “<<<” or “Out:”.
func stageOfTranscript(said string) (last stage) {
	for said != "" {
		var line string
		line, said = cutLine(said)
		line = strings.TrimSpace(line)
		if command, ok := cutAny(line, ">>> ", "In: ", "--> ", "Sent >>> ", "Sent <<< ", "Sent: ", "hMailServer sent: "); ok {
			last = stageOfCommand(command)
		}
		if reply, ok := cutAny(line, "<<< ", "Out: ", "<-- ", "Received <<< ", "Received >>> ", "Remote server replied: "); ok && len(findCodes(" "+reply)) > 0 && last != "" {
			return last
		}
	}
	return ""
}

func cutAny(line string, prefixes ...string) (string, bool) {
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(line, p); ok {
			return strings.TrimSpace(rest), true
		}
	}
	return "", false
}

// stageOfCommand knows a command by its verb (RFC 5321, section 4.1.1).
func stageOfCommand(command string) stage {
	switch strings.ToUpper(firstWord(command)) {
	case "EHLO", "HELO", "LHLO":
		return atHello
	case "AUTH", "STARTTLS":
		return atAuth
	case "MAIL":
		return atMail
	case "RCPT":
		return atRcpt
	case "DATA", "BDAT", ".":
		return atData
	}
	return ""
}
