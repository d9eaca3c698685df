package subscribers

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseAddressTakesWhatMailCanReach(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 64)
	tests := map[string]struct{ in, typed, key, envelope string }{
		"plain":                           {"reader@example.org", "reader@example.org", "reader@example.org", "reader@example.org"},
		"white space around it":           {" \t reader@example.org\u00a0\r\n", "reader@example.org", "reader@example.org", "reader@example.org"},
		"case is kept and not told by":    {"Ree.Reader@Example.ORG", "Ree.Reader@Example.ORG", "ree.reader@example.org", "Ree.Reader@example.org"},
		"a tag is part of the mailbox":    {"reader+ree@example.org", "reader+ree@example.org", "reader+ree@example.org", "reader+ree@example.org"},
		"dots are part of the mailbox":    {"r.e.a.d@example.org", "r.e.a.d@example.org", "r.e.a.d@example.org", "r.e.a.d@example.org"},
		"every sign that may stand":       {"!#$%&'*+-/=?^_`{|}~@example.org", "!#$%&'*+-/=?^_`{|}~@example.org", "!#$%&'*+-/=?^_`{|}~@example.org", "!#$%&'*+-/=?^_`{|}~@example.org"},
		"a domain of another script":      {"info@müller.example", "info@müller.example", "info@xn--mller-kva.example", "info@xn--mller-kva.example"},
		"the same domain as A-labels":     {"info@XN--MLLER-KVA.example", "info@XN--MLLER-KVA.example", "info@xn--mller-kva.example", "info@xn--mller-kva.example"},
		"a name of another script":        {"Jürgen@example.org", "Jürgen@example.org", "jürgen@example.org", "Jürgen@example.org"},
		"letters put together from two":   {"Ju\u0308rgen@example.org", "Jürgen@example.org", "jürgen@example.org", "Jürgen@example.org"},
		"the longest local part":          {long + "@example.org", long + "@example.org", long + "@example.org", long + "@example.org"},
		"wide dots as in Japanese typing": {"reader@example。jp", "reader@example。jp", "reader@example.jp", "reader@example.jp"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := ParseAddress(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if a.Typed != tt.typed || a.Key != tt.key || a.Envelope() != tt.envelope {
				t.Errorf("typed %q key %q envelope %q; want %q, %q, %q", a.Typed, a.Key, a.Envelope(), tt.typed, tt.key, tt.envelope)
			}
		})
	}
}

func TestParseAddressSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ in, says string }{
		"nothing":                    {"  ", "nothing was given"},
		"no @":                       {"reader.example.org", "there is no @ in it"},
		"nothing before":             {"@example.org", "there is nothing before the @"},
		"nothing after":              {"reader@", "there is nothing after the @"},
		"two @":                      {"a@b@example.org", "there is more than one @ in it"},
		"a space inside":             {"rea der@example.org", "there is a space in it"},
		"two addresses":              {"a@example.org, b@example.org", "there is a space in it"},
		"two addresses, no space":    {"a@example.org;b@example.org", "there is more than one @ in it"},
		"a name with it":             {"Bob<bob@example.org>", "there is a “<” before the @"},
		"a comma":                    {"a,b@example.org", "there is a “,” before the @"},
		"quotes":                     {`"a b"@example.org`, "there is a space in it"},
		"quotes without need":        {`"ab"@example.org`, "the part before the @ is in quotes, which most mail servers refuse"},
		"a dot first":                {".a@example.org", "the part before the @ begins or ends with a dot"},
		"a dot last":                 {"a.@example.org", "the part before the @ begins or ends with a dot"},
		"two dots":                   {"a..b@example.org", "there are two dots together before the @"},
		"a long local part":          {strings.Repeat("a", 65) + "@example.org", "the part before the @ is longer than 64 characters"},
		"a zero-width space":         {"a\u200bb@example.org", "there is a character in it that cannot be seen (U+200B)"},
		"a mark that turns the line": {"a\u202eb@example.org", "there is a character in it that cannot be seen (U+202E)"},
		"a line break inside":        {"a@example.org\nBcc:b@example.org", "there is a space in it"},
		"a NUL":                      {"a\x00b@example.org", "there is a character in it that cannot be seen (U+0000)"},
		"not UTF-8":                  {"a\xffb@example.org", "it is not UTF-8 text"},
		"a computer's number":        {"a@[192.0.2.1]", "the part after the @ is a number of a computer, not a domain"},
		"a number without brackets":  {"a@192.0.2.1", "the part after the @ ends in a number, which no domain does"},
		"no dot":                     {"a@localhost", "the part after the @ has no dot"},
		"a dot at the end":           {"a@example.org.", "the part after the @ has a dot too many"},
		"two dots after":             {"a@example..org", "the part after the @ has a dot too many"},
		"a hyphen first":             {"a@-example.org", "the part after the @ is not a domain name"},
		"an underscore":              {"a@my_host.example.org", "the part after the @ is not a domain name"},
		"A-labels that say nothing":  {"a@xn--example.com", "the part after the @ is not a domain name"},
		"letters in two directions":  {"a@eℷ.example", "the part after the @ is not a domain name"},
		"a long label":               {"a@" + strings.Repeat("b", 64) + ".org", "the part after the @ has more than 63 characters between two dots"},
		"long as a whole":            {"a@" + strings.Repeat(strings.Repeat("b", 60)+".", 5) + "org", "it is longer than 254 characters"},
		"very long":                  {strings.Repeat("a", 5000) + "@example.org", "it is longer than 254 characters"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := ParseAddress(tt.in)
			if !errors.Is(err, ErrAddress) {
				t.Fatalf("ParseAddress = %+v, %v; want ErrAddress", a, err)
			}
			if !strings.HasSuffix(err.Error(), ": "+tt.says) {
				t.Errorf("it says %q, want %q", err, tt.says)
			}
			if len(err.Error()) > 600 || !utf8.ValidString(err.Error()) {
				t.Errorf("the message is not fit to be shown: %q", err)
			}
		})
	}
}

func TestMaskedHidesWhoItIs(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"alice@example.org":      "a…e@e…e.org",
		"al@ab.example":          "a…@a….example",
		"a@b.example":            "…@….example",
		"bob@mail.example.co.uk": "b…@m…o.uk",
		"jürgen@müller.example":  "j…n@m…r.example",
		"":                       "…",
	} {
		if got := Masked(address); got != want {
			t.Errorf("Masked(%q) = %q, want %q", address, got, want)
		}
	}
}

// FuzzParseAddress holds what the rest of the program builds on: a key names
// one mailbox however its address is written, and nothing that could break a
// line of mail gets through.
func FuzzParseAddress(f *testing.F) {
	for _, seed := range []string{"reader@example.org", "Ju\u0308rgen+x@Müller.example", "a@xn--mller-kva.example", `"a b"@x.org`, "a@[192.0.2.1]",
		"Bob <bob@example.org>", "a\u200b@example.org", "İ@example.org", "ⅷ@ⅷ.example", "a@faß.example", "a@ex\u00adample.org", "K@example.org", "a@a\u200db.example"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseAddress(s)
		if err != nil {
			if !errors.Is(err, ErrAddress) || !utf8.ValidString(err.Error()) {
				t.Fatalf("ParseAddress(%q): %q", s, err)
			}
			return
		}
		for _, spelling := range []string{a.Typed, a.Envelope(), " " + a.Envelope() + "\n"} {
			if b, err := ParseAddress(spelling); err != nil || b.Key != a.Key || b.Envelope() != a.Envelope() {
				t.Fatalf("%q is the mailbox %q, but as %q it is %q, %v", s, a.Key, spelling, b.Key, err)
			}
		}
		// Lower case may be longer than what was typed, and then too long.
		if b, err := ParseAddress(a.Key); err == nil && b.Key != a.Key {
			t.Fatalf("the key of %q is %q, and the key of that is %q", s, a.Key, b.Key)
		}
		if len(a.Envelope()) > 254 || len(a.Local) > 64 || strings.ContainsAny(a.Typed+a.Envelope(), " \r\n\t<>\",;:\\") || strings.Trim(a.Domain, "abcdefghijklmnopqrstuvwxyz0123456789-.") != "" {
			t.Fatalf("ParseAddress(%q) let %+v through", s, a)
		}
	})
}
