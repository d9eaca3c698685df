package mail

import (
	"bytes"
	"slices"
	"strings"
)

// A place is where something of one reader stands.
type place int

const (
	nowhere place = iota
	toPlace
	messageIDPlace
	datePlace
	tokenPlace
	timePlace     // of a signature
	bodyHashPlace // likewise
)

// A piece is octets that are the same for all, followed by a place. Of a token
// it may be a part only: quoted-printable may break a line in its midst.
type piece struct {
	literal  []byte
	place    place
	from, to int // of the token
}

// A compiler turns the octets of a built message into pieces.
type compiler struct {
	pieces  []piece
	pending []byte
}

// header writes all fields, those of one reader first.
func (c *compiler) header(fields []string) {
	for _, own := range []struct {
		name string
		place
	}{{"Date", datePlace}, {"To", toPlace}, {"Message-ID", messageIDPlace}} {
		before, after := around(own.place)
		c.field(own.name+": "+before, own.place, after+"\r\n")
	}
	c.literal([]byte(strings.Join(fields, "") + "\r\n"))
}

// around returns what stands around what is the reader's own in a field.
func around(p place) (before, after string) {
	if p == datePlace {
		return "", ""
	}
	return "<", ">"
}

func (c *compiler) field(before string, p place, after string) {
	c.pending = append(c.pending, before...)
	c.place(p, 0, 0)
	c.pending = append(c.pending, after...)
}

func (c *compiler) place(p place, from, to int) {
	c.pieces = append(c.pieces, piece{literal: c.pending, place: p, from: from, to: to})
	c.pending = nil
}

// literal adds octets, and finds in them the places for a token. A soft line
// break may cut one, anywhere; the breaks stay where they are.
func (c *compiler) literal(b []byte) {
	for {
		at, cuts := findToken(b)
		if at < 0 {
			c.pending = append(c.pending, b...)
			return
		}
		c.pending = append(c.pending, b[:at]...)
		b = b[at:]
		from := 0
		for _, to := range append(cuts, len(TokenPlace)) {
			c.place(tokenPlace, from, to)
			if b = b[to-from:]; to < len(TokenPlace) {
				c.pending = append(c.pending, softBreak...)
				b = b[len(softBreak):]
			}
			from = to
		}
	}
}

const softBreak = "=\r\n"

// findToken returns where the first TokenPlace begins, and before which of its
// characters soft line breaks cut it; -1 if there is none.
func findToken(b []byte) (at int, cuts []int) {
	for at := range b {
		if b[at] != TokenPlace[0] {
			continue
		}
		if cuts, ok := matchToken(b[at:]); ok {
			return at, cuts
		}
	}
	return -1, nil
}

func matchToken(b []byte) (cuts []int, ok bool) {
	for i := range len(TokenPlace) {
		if i > 0 && bytes.HasPrefix(b, []byte(softBreak)) {
			cuts, b = append(cuts, i), b[len(softBreak):]
		}
		if len(b) == 0 || b[0] != TokenPlace[i] {
			return nil, false
		}
		b = b[1:]
	}
	return cuts, true
}

// octets returns what has been compiled.
func (c *compiler) octets() octets {
	o := octets{pieces: c.pieces, tail: c.pending, size: len(c.pending)}
	for _, p := range o.pieces {
		o.size += len(p.literal) + p.to - p.from
		switch p.place {
		case datePlace:
			o.size += len(dateLayout)
		case timePlace:
			o.size += len("1700000000")
		case bodyHashPlace:
			o.size += base64Length
		}
	}
	return o
}

// cutFirst takes the octets before the first place away and returns them.
func (o *octets) cutFirst() []byte {
	first := &o.tail
	if len(o.pieces) > 0 {
		first = &o.pieces[0].literal
	}
	cut := *first
	*first = nil
	o.size -= len(cut)
	return cut
}

func (c *compiler) template() *Template {
	t := &Template{plain: c.octets()}
	t.wire = t.plain.stuffed()
	t.token = slices.ContainsFunc(t.plain.pieces, func(p piece) bool { return p.place == tokenPlace })
	return t
}
