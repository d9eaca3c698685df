package mail

import (
	"bytes"
	"errors"
	"slices"
)

// checkOctets refuses octets that some relays would take for line ends of their
// own, and so for the end of the message.
func checkOctets(msg []byte) error {
	switch {
	case !bytes.HasSuffix(msg, []byte("\r\n")):
		return errors.New("the message does not end with a line end")
	case bytes.IndexByte(msg, 0) >= 0:
		return errors.New("the message holds a NUL")
	}
	for len(msg) > 0 {
		n := bytes.IndexByte(msg, '\n')
		if n < 1 || msg[n-1] != '\r' || bytes.IndexByte(msg[:n-1], '\r') >= 0 {
			return errors.New("the message holds a bare CR or LF")
		}
		msg = msg[n+1:]
	}
	return nil
}

// stuffed returns o with a dot before every line that begins with one. No place
// stands at a line's beginning with a dot in it, so each literal is stuffed by
// itself.
func (o octets) stuffed() octets {
	stuff := func(b []byte) []byte {
		stuffed := bytes.ReplaceAll(b, []byte("\r\n."), []byte("\r\n.."))
		o.size += len(stuffed) - len(b)
		return stuffed
	}
	pieces := slices.Clone(o.pieces)
	for i := range pieces {
		pieces[i].literal = stuff(pieces[i].literal)
	}
	o.pieces, o.tail = pieces, stuff(o.tail)
	return o
}
