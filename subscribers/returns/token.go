package returns

import (
	"slices"
	"strings"

	"redigest/subscribers/bounce"
	"redigest/subscribers/link"
)

// A claimed is the token of a mail.
type claimed struct {
	Claim
	token     string // of a proven one
	addressed bool   // the mail came to an address that holds it
}

// claim finds the token that says whose mail came back: in the addresses that
// it came to, as the door knows them or else its header; in the name that the
// relay was told with the mail; in the header of the copy that came with it. The
// first place that has any decides: what stands in a worse one is not believed
// against it.
func (r *Returns) claim(read bounce.Returned, to []string) claimed {
	for place, texts := range places(read, to) {
		tokens := tokensIn(texts)
		if len(tokens) == 0 {
			continue
		}
		if i := slices.IndexFunc(tokens, r.list.TakesMail); i >= 0 {
			return claimed{Claim: Proven, token: tokens[i], addressed: place < 2}
		}
		return claimed{Claim: Forged}
	}
	return claimed{Claim: Absent}
}

// places are where a token may stand, the best first.
func places(read bounce.Returned, to []string) [][]string {
	return [][]string{to, read.DeliveredTo, read.EnvelopeIDs, copied(read)}
}

// Concerns reports whether a mail could be one that [Returns.Take] makes
// something of: it has what looks like a token.
func Concerns(raw []byte, to []string) bool {
	return len(tokensIn(slices.Concat(places(bounce.Parse(raw), to)...))) > 0
}

// copied returns those fields of our own mail that hold tokens.
func copied(read bounce.Returned) (texts []string) {
	for _, name := range []string{"Return-Path", "List-Unsubscribe"} {
		texts = append(texts, read.Copy.All(name)...)
	}
	return texts
}

// tokensIn returns what looks like a token in texts, in lower case and
// in order, each once.
func tokensIn(texts []string) (tokens []string) {
	for _, text := range texts {
		for word := range strings.FieldsFuncSeq(text, notInToken) {
			token := strings.ToLower(word)
			if len(token) == link.Length && !slices.Contains(tokens, token) {
				tokens = append(tokens, token)
			}
		}
	}
	return tokens
}

// notInToken is for a token's alphabet in either case.
func notInToken(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '2' || r > '7')
}
