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
	sincePlace
	timePlace     // of a signature
	bodyHashPlace // likewise
)

// marks stand in a letter's parts where the places are that its writer chose.
var marks = [...]struct {
	text  string
	place place
}{{TokenPlace, tokenPlace}, {SincePlace, sincePlace}}

// A piece is octets that are the same for all, followed by a place. Of what
// stands for a mark it may be a part only: quoted-printable may break a line in
// its midst.
type piece struct {
	literal  []byte
	place    place
	from, to int // of what stands for a mark
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

// literal adds octets, and finds in them the marks of places. A soft line break
// may cut one, anywhere; the breaks stay where they are.
func (c *compiler) literal(b []byte) {
	for {
		found := findMark(b)
		c.pending = append(c.pending, b[:found.at]...)
		if b = b[found.at:]; len(b) == 0 {
			return
		}
		from := 0
		for _, to := range append(found.cuts, found.length) {
			c.place(found.place, from, to)
			if b = b[to-from:]; to < found.length {
				c.pending = append(c.pending, softBreak...)
				b = b[len(softBreak):]
			}
			from = to
		}
	}
}

const softBreak = "=\r\n"

// A markFound is where a mark begins, or where the octets end in which there is
// none.
type markFound struct {
	at     int
	place  place
	length int   // of the mark
	cuts   []int // before which of its characters soft line breaks stand
}

// findMark returns the first mark in b.
func findMark(b []byte) markFound {
	for at := range b {
		for _, m := range marks {
			if b[at] != m.text[0] {
				continue
			}
			if cuts, ok := matchMark(b[at:], m.text); ok {
				return markFound{at, m.place, len(m.text), cuts}
			}
		}
	}
	return markFound{at: len(b)}
}

func matchMark(b []byte, mark string) (cuts []int, ok bool) {
	for i := range len(mark) {
		if i > 0 && bytes.HasPrefix(b, []byte(softBreak)) {
			cuts, b = append(cuts, i), b[len(softBreak):]
		}
		if len(b) == 0 || b[0] != mark[i] {
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
	t.token, t.since = t.plain.has(tokenPlace), t.plain.has(sincePlace)
	return t
}

func (o *octets) has(p place) bool {
	return slices.ContainsFunc(o.pieces, func(q piece) bool { return q.place == p })
}
