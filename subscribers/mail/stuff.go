package mail

import (
	"bytes"
	"errors"
)

// stuff appends a message as it goes over the wire, a dot before every line
// that begins with one. It refuses octets that some relays would take for line
// ends of their own, and so for the end of the message.
func stuff(dst, msg []byte) ([]byte, error) {
	switch {
	case !bytes.HasSuffix(msg, []byte("\r\n")):
		return dst, errors.New("the message does not end with a line end")
	case bytes.IndexByte(msg, 0) >= 0:
		return dst, errors.New("the message holds a NUL")
	}
	for len(msg) > 0 {
		if msg[0] == '.' {
			dst = append(dst, '.')
		}
		n := bytes.IndexByte(msg, '\n')
		if n < 1 || msg[n-1] != '\r' || bytes.IndexByte(msg[:n-1], '\r') >= 0 {
			return dst, errors.New("the message holds a bare CR or LF")
		}
		dst, msg = append(dst, msg[:n+1]...), msg[n+1:]
	}
	return dst, nil
}
