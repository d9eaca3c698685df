package mail

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

// signed are the fields that a signature covers, where a letter has them. Those
// that are listed once more than they stand in the mail cannot be added to it:
// a reader's program might show the added one (RFC 6376 section 8.15).
var signed = []struct {
	name     string
	onceMore bool
}{
	{"From", true}, {"To", true}, {"Cc", true}, {"Reply-To", true}, {"Sender", true},
	{"Subject", true}, {"Date", true}, {"Message-ID", true},
	{"MIME-Version", true}, {"Content-Type", true},
	{"List-Id", false}, {"List-Unsubscribe", true}, {"List-Unsubscribe-Post", true}, // RFC 8058 section 4
	{"List-Help", false}, {"List-Post", false}, {"List-Archive", false}, {"List-Owner", false},
	{"Feedback-ID", false},
}

// A signing is what the signatures of a letter's copies have in common.
type signing struct {
	signer *Signer
	begun  []byte // the hash after the body's beginning, which is the same for all
	body   octets // the rest of the body in canonical form
	keys   []keySigning
	size   int // of the fields
}

// A keySigning makes the signatures of one key.
type keySigning struct {
	key   SigningKey
	input octets // the header in canonical form and, as its last, the signature's field
	field octets // that field as it is sent, up to the signature
}

// signing prepares the signatures of a letter with these header fields, which
// do not hold the reader's own, and this body.
func (s *Signer) signing(fields []string, body []byte) (_ *signing, err error) {
	var c compiler
	c.literal(relaxedBody(body))
	g := &signing{signer: s, body: c.octets()}
	if g.begun, err = stateAfter(g.body.cutFirst()); err != nil {
		return nil, fmt.Errorf("prepare the signature: %w", err)
	}
	header, names := signedHeader(fields)
	for _, key := range s.keys {
		k, err := s.keySigning(key, header, names)
		if err != nil {
			return nil, err
		}
		g.keys = append(g.keys, k)
		g.size += k.field.size + foldedLength(key.signatureLength())
	}
	return g, nil
}

// signedHeader returns the signed fields in canonical form, with the places of
// what is the reader's own, and the names of h= in their order.
func signedHeader(fields []string) (header compiler, names []string) {
	own := map[string]place{"Date": datePlace, "To": toPlace, "Message-ID": messageIDPlace}
	for _, s := range signed {
		i := slices.IndexFunc(fields, func(f string) bool {
			name, _, _ := strings.Cut(f, ":")
			return strings.EqualFold(name, s.name)
		})
		switch p := own[s.name]; {
		case i >= 0:
			header.literal([]byte(relaxedField(fields[i])))
		case p != nowhere:
			before, after := around(p)
			header.field(strings.ToLower(s.name)+":"+before, p, after+"\r\n")
		}
		if i >= 0 || own[s.name] != nowhere {
			names = append(names, strings.ToLower(s.name))
		}
		if s.onceMore {
			names = append(names, strings.ToLower(s.name))
		}
	}
	return header, names
}

// keySigning writes the signature's field twice: as it is sent and as it is
// signed, which is without the signature and without its line end (RFC 6376
// section 3.7).
func (s *Signer) keySigning(key SigningKey, header compiler, names []string) (keySigning, error) {
	begin, end, err := s.signatureField(key, names)
	if err != nil {
		return keySigning{}, err
	}
	input := compiler{pieces: slices.Clone(header.pieces), pending: slices.Clone(header.pending)}
	input.field(strings.TrimSuffix(relaxedField(begin), "\r\n"), timePlace, "; bh=")
	input.field("", bodyHashPlace, "; b=")
	var field compiler
	field.field(begin, timePlace, ";\r\n bh=")
	field.field("", bodyHashPlace, end)
	return keySigning{key: key, input: input.octets(), field: field.octets()}, nil
}

// signatureField returns the field up to its time, and what follows its body
// hash.
func (s *Signer) signatureField(key SigningKey, names []string) (begin, end string, err error) {
	f := newField("DKIM-Signature")
	for _, tag := range []string{"v=1;", "a=" + key.algorithm() + ";", "c=relaxed/relaxed;", "d=" + s.domain + ";", "s=" + key.Selector + ";"} {
		f.add(tag, foldAt)
	}
	list := "h="
	for i, name := range names {
		if len(list)+len(name) > foldAt-len(" ;") {
			f.add(list, foldAt)
			list = ""
		}
		if list += name; i < len(names)-1 {
			list += ":"
		}
	}
	f.add(list+";", foldAt)
	f.add("t=", foldAt-len("1700000000;"))
	begin, err = f.end()
	return strings.TrimSuffix(begin, "\r\n"), ";\r\n b=", err
}

// append appends the signature fields of a copy to dst. They stand above all
// others, where a relay would add its own.
func (g *signing) append(dst []byte, c *filling) ([]byte, error) {
	room := <-g.signer.free
	defer func() { g.signer.free <- room }()
	room.text = g.body.append(room.text[:0], c)
	sum, err := room.sumAfter(g.begun, room.text, &room.sums[0])
	if err != nil {
		return dst, err
	}
	c.bodyHash = appendBase64(room.b64[:0], sum)
	for i := range g.keys {
		k := &g.keys[i]
		room.text = k.input.append(room.text[:0], c)
		if sum, err = room.sumAfter(nil, room.text, &room.sums[1]); err != nil {
			return dst, err
		}
		if room.text, err = k.key.sign(room.text[:0], sum); err != nil {
			return dst, fmt.Errorf("sign with key %q: %w", k.key.Selector, err)
		}
		dst = appendFolded(k.field.append(dst, c), room.text)
	}
	return dst, nil
}

// foldedPerLine is how many octets of a signature stand on a line, as 72
// characters.
const foldedPerLine = 54

// appendFolded appends b= and its line end: base64 with a fold after each line.
func appendFolded(dst, signature []byte) []byte {
	for i := 0; i < len(signature); i += foldedPerLine {
		if i > 0 {
			dst = append(dst, "\r\n "...)
		}
		dst = appendBase64(dst, signature[i:min(i+foldedPerLine, len(signature))])
	}
	return append(dst, "\r\n"...)
}

// foldedLength is how much appendFolded appends.
func foldedLength(octets int) int {
	folds := (octets - 1) / foldedPerLine
	return base64.StdEncoding.EncodedLen(octets) + len("\r\n ")*folds + len("\r\n")
}
