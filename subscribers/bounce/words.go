package bounce

import (
	"strings"
	"unicode"
)

// A saying is the words that servers put a reason into. Its phrases are in
// lower case, without punctuation and apostrophes, and match whole words;
// “..” stands for up to six words between, and a word that ends in “-” for
// all words that begin with it. Phrases in scripts that put no space between
// words match anywhere.
type saying struct {
	reason  string
	phrases []string
}

// judgeWords returns the reason of the first saying in the tables that occurs
// in the words of text.
func judgeWords(text string, tables ...[]saying) string {
	for _, table := range tables {
		for _, s := range table {
			for _, p := range s.phrases {
				if says(text, p) {
					return s.reason
				}
			}
		}
	}
	return ""
}

// says tells whether the words of text, as [plainWords] returns them, hold phrase.
func says(text, phrase string) bool {
	if phrase[0] >= 0x80 {
		return strings.Contains(text, phrase)
	}
	if !strings.Contains(phrase, "..") && !strings.Contains(phrase, "-") {
		return containsWords(text, phrase)
	}
	if !strings.Contains(text, strings.TrimSuffix(firstWord(phrase), "-")) {
		return false // as nearly always, and at no cost
	}
	return followed(text, strings.Fields(phrase))
}

// containsWords is strings.Contains at the bounds of words; text begins and
// ends with a space.
func containsWords(text, phrase string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], phrase)
		if i < 0 {
			return false
		}
		i += from
		end := i + len(phrase)
		if i > 0 && text[i-1] == ' ' && end < len(text) && text[end] == ' ' {
			return true
		}
		from = i + 1
	}
}

// maxGap is how many words “..” may stand for.
const maxGap = 6

// followed tells whether the words of a phrase with “..” or “-” occur in text.
func followed(text string, phrase []string) bool {
	first, prefix := strings.CutSuffix(phrase[0], "-")
	for from := 0; ; {
		i := strings.Index(text[from:], " "+first)
		if i < 0 {
			return false
		}
		i += from + 1
		if prefix || i+len(first) < len(text) && text[i+len(first)] == ' ' {
			if restFollows(text[i:], phrase[1:]) {
				return true
			}
		}
		from = i
	}
}

// restFollows tells whether phrase occurs behind the first word of text.
func restFollows(text string, phrase []string) bool {
	if len(phrase) == 0 {
		return true
	}
	gap := 0
	if phrase[0] == ".." {
		gap, phrase = maxGap, phrase[1:]
	}
	want, prefix := strings.CutSuffix(phrase[0], "-")
	for ; gap >= 0; gap-- {
		_, next, ok := strings.Cut(text, " ")
		if !ok || next == "" {
			return false
		}
		word, _, _ := strings.Cut(next, " ")
		if (word == want || prefix && strings.HasPrefix(word, want)) && restFollows(next, phrase[1:]) {
			return true
		}
		text = next
	}
	return false
}

// maxWords is how much of what was said is judged.
const maxWords = 6000

// plainWords returns what was said as words in lower case between single
// spaces: without addresses and the paths of URLs, which hold words that mean nothing, and
// without codes, which some servers repeat in mid-sentence.
func plainWords(said string) string {
	said = unwrapReply(said)
	if len(said) > maxWords {
		said = strings.ToValidUTF8(said[:maxWords], "")
	}
	var b strings.Builder
	b.WriteByte(' ')
	for _, f := range strings.Fields(said) {
		if _, url, ok := strings.Cut(f, "://"); ok {
			f, _, _ = strings.Cut(url, "/") // a blocklist's name, but not the words of a path
		}
		for _, a := range findAddresses(f) {
			f = strings.ReplaceAll(f, a, " ")
		}
		if !isNoise(f) {
			writeWords(&b, f)
		}
	}
	if b.Len() > 1 && !strings.HasSuffix(b.String(), " ") {
		b.WriteByte(' ')
	}
	return b.String()
}

// unwrapReply removes what some reporters put before any reply they quote.
func unwrapReply(said string) string {
	const before = "Unknown address error "
	if i := strings.Index(said, before); i >= 0 && len(findCodes(said[i:])) > 0 {
		return said[i+len(before):]
	}
	return said
}

// isNoise knows the fields of a text that are no words.
func isNoise(f string) bool {
	return isCodeField(f) || strings.HasPrefix(f, "SIZE=")
}

// isCodeField knows a reply code or an enhanced code standing alone, as “550-5.7.1” or “#5.1.1:”.
func isCodeField(f string) bool {
	f = strings.Trim(f, "#()[]<>:;,-.'\"")
	if len(f) < 3 || f[0] < '2' || f[0] > '5' || strings.Trim(f, "0123456789.-") != "" {
		return false
	}
	return len(f) == 3 || strings.Contains(f, ".")
}

// writeWords writes the letters and digits of f, with a space for what stands between.
func writeWords(b *strings.Builder, f string) {
	space := true
	for _, r := range f {
		switch {
		case r == '\'' || r == '’':
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			b.WriteRune(unicode.ToLower(r))
			space = false
		case !space:
			b.WriteByte(' ')
			space = true
		}
	}
	if !space {
		b.WriteByte(' ')
	}
}
