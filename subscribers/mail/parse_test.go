package mail

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseReply(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		code    int
		message string
		want    Reply
	}{
		"an enhanced code":               {550, "5.1.1 no such person", Reply{550, "5.1.1", "no such person"}},
		"none":                           {550, "no such person", Reply{550, "", "no such person"}},
		"alone":                          {250, "2.0.0", Reply{250, "2.0.0", ""}},
		"nothing at all":                 {250, "", Reply{250, "", ""}},
		"on every line":                  {550, "5.7.1 We do not\n5.7.1 like you", Reply{550, "5.7.1", "We do not like you"}},
		"on the last line":               {450, "wait\n4.2.0 a while", Reply{450, "4.2.0", "wait a while"}},
		"of another class":               {450, "5.1.1 which is it", Reply{450, "", "5.1.1 which is it"}},
		"not a code: an address":         {550, "5.1.1.1 is listed", Reply{550, "", "5.1.1.1 is listed"}},
		"not a code: a version":          {250, "2.0 ok", Reply{250, "", "2.0 ok"}},
		"not a code: too many digits":    {550, "5.1000.1 x", Reply{550, "", "5.1000.1 x"}},
		"controls and broken characters": {550, "a\x00b\x1b[31mc\xffd\u2028e\tf", Reply{550, "", "a b [31mc d e f"}},
	}
	for name, test := range tests {
		if got := parseReply(test.code, test.message); got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
	if got := parseReply(550, strings.Repeat("é", 400)).Text; len(got) > maxReplyText || !utf8.ValidString(got) {
		t.Errorf("%d octets are kept, valid: %v", len(got), utf8.ValidString(got))
	}
}

func FuzzParseReply(f *testing.F) {
	f.Add(550, "5.1.1 no such person\n5.1.1 here")
	f.Add(250, "\x00\xff\u2029 2.0.0")
	f.Fuzz(func(t *testing.T, code int, message string) {
		r := parseReply(code, message)
		if len(r.Text) > maxReplyText || !utf8.ValidString(r.Text) || strings.ContainsAny(r.Text, "\r\n\x00\t") {
			t.Errorf("%+v", r)
		}
		if r.Enhanced != "" && !isEnhanced(r.Enhanced, code/100) {
			t.Errorf("enhanced code %q of %d", r.Enhanced, code)
		}
		// A space more is no other answer, but read in the longer way.
		if again := parseReply(code, " "+message); again != r {
			t.Errorf("%+v, and with a space %+v", r, again)
		}
	})
}

// Whatever passes stands in a command and in a header field as it is.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{"reader@example.com", "leser@bücher.example", "читатель@пример.example", "a b@c", "a@b@c.example", "a@[::1]", "\u202ea@b.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		wire, err := onTheWire(s)
		if err != nil {
			return
		}
		local, domain, ok := strings.Cut(wire, "@")
		if !ok || strings.ContainsAny(wire, "\r\n\x00 \t<>(),;:\\\"[]") || !utf8.ValidString(wire) || strings.Contains(domain, "@") {
			t.Fatalf("%q became %q", s, wire)
		}
		if !isASCII(domain) || len(wire) > maxAddress || len(local) > maxLocal {
			t.Errorf("%q became %q", s, wire)
		}
		if !strings.HasPrefix(s, local+"@") {
			t.Errorf("the local part of %q became %q", s, local)
		}
		if again, err := onTheWire(wire); err != nil || again != wire {
			t.Errorf("%q became %q, then %q, %v", s, wire, again, err)
		}
	})
}

func TestOctetsThatARelayMightMisreadAreRefused(t *testing.T) {
	t.Parallel()
	const letter = "Subject: x\r\n\r\nx\r\n"
	for name, msg := range map[string]string{
		"bare LF":         letter + "a\n.\nMAIL FROM:<evil@example.net>\r\n",
		"bare LF first":   "\n" + letter,
		"bare CR":         letter + "a\r.\rb\r\n",
		"CR before CRLF":  letter + "a\r\r\n",
		"NUL":             letter + "a\x00b\r\n",
		"no line end":     letter + "the end",
		"half a line end": letter + "the end\r",
		"nothing":         "",
	} {
		if checkOctets([]byte(msg)) == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if err := checkOctets([]byte(letter + ".\r\n")); err != nil {
		t.Error(err)
	}
}

// What is stuffed ends nowhere before its end, and is the same when a relay
// has taken the dots out.
func FuzzStuff(f *testing.F) {
	for _, s := range []string{"a\r\n", ".\r\n", "\r\n.\r\n..\r\n", "a\n.\nb\r\n", "a\r.\rb\r\n", "a\r\n.\n", "\n", "\r\r\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, msg []byte) {
		if checkOctets(msg) != nil {
			return
		}
		wire := octets{tail: append([]byte("\r\n"), msg...)}.stuffed().tail
		for _, end := range []string{"\r\n.\r\n", "\n.\n", "\n.\r", "\r.\r", "\r.\n"} {
			if bytes.Contains(wire, []byte(end)) {
				t.Errorf("%q holds %q", wire, end)
			}
		}
		if got := bytes.ReplaceAll(wire, []byte("\r\n."), []byte("\r\n")); !bytes.Equal(got[2:], msg) {
			t.Errorf("%q came out as %q", msg, got[2:])
		}
	})
}
