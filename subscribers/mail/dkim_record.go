package mail

import (
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// A KeyRecord is what must stand in the DNS for a signature to be verified: a
// TXT record with the public half of a key (RFC 6376 section 3.6, RFC 8463
// section 4).
type KeyRecord struct {
	Selector string
	Name     string // without a dot at its end
	Text     string // the value as a whole
}

// Records returns the records of a signer's keys, in their order.
func (s *Signer) Records() ([]KeyRecord, error) {
	var records []KeyRecord
	for _, k := range s.keys {
		r := KeyRecord{Selector: k.Selector, Name: k.Selector + "._domainkey." + s.domain}
		switch public := k.Key.Public().(type) {
		case *rsa.PublicKey:
			der, err := x509.MarshalPKIXPublicKey(public)
			if err != nil {
				return nil, fmt.Errorf("encode the public key of %q: %w", k.Selector, err)
			}
			r.Text = "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der)
		case ed25519.PublicKey:
			r.Text = "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)
		}
		records = append(records, r)
	}
	return records, nil
}

// Zone returns the record as a zone file has it. A string in the DNS holds 255
// octets, so a long text is several, which those who look it up join.
func (r KeyRecord) Zone() string {
	const longest = 255
	var b strings.Builder
	fmt.Fprintf(&b, "%s. IN TXT (", r.Name)
	for text := r.Text; text != ""; {
		n := min(len(text), longest)
		fmt.Fprintf(&b, "\n  %q", text[:n])
		text = text[n:]
	}
	return b.String() + " )"
}

// Check says what is wrong with the texts that are published under the record's
// name, each with its strings joined, or nil when what it signs can be verified.
func (r KeyRecord) Check(published []string) error {
	switch len(published) {
	case 0:
		return errors.New("nothing is published there")
	case 1:
	default:
		return fmt.Errorf("%d texts are published there, and receivers expect one", len(published))
	}
	if strings.ContainsAny(published[0], `"\`) {
		return errors.New("what is published there holds quotation marks or backslashes, which belong in a zone file alone")
	}
	got, err := parseTags(published[0])
	if err != nil {
		return fmt.Errorf("what is published there is not a key: %w", err)
	}
	want, _ := parseTags(r.Text)
	if err := got.usable(); err != nil {
		return err
	}
	switch k, p, ours := got.value("k", "rsa"), got.unspaced("p"), want.unspaced("p"); {
	case k != want["k"]:
		return fmt.Errorf("the key that is published there is of the kind %q, and this one is %q", k, want["k"])
	case p == ours:
		return nil
	case strings.HasPrefix(ours, p):
		return fmt.Errorf("the key that is published there is cut off after %d of its %d characters", len(p), len(ours))
	default:
		return errors.New("another key is published there")
	}
}

// tags are the parts of a tag list (RFC 6376 section 3.2), by name.
type tags map[string]string

func parseTags(s string) (tags, error) {
	found := tags{}
	for part := range strings.SplitSeq(strings.TrimRight(s, "; \t"), ";") {
		name, value, ok := strings.Cut(part, "=")
		name = strings.TrimSpace(name)
		if _, twice := found[name]; !ok || name == "" || twice {
			return nil, errors.New("it is no list of the form v=DKIM1; k=…; p=…")
		}
		if name == "v" && len(found) > 0 {
			return nil, errors.New("v= does not stand first")
		}
		found[name] = strings.TrimSpace(value)
	}
	return found, nil
}

func (t tags) value(name, otherwise string) string {
	if v, ok := t[name]; ok {
		return v
	}
	return otherwise
}

// unspaced returns a value in which white space has no meaning.
func (t tags) unspaced(name string) string { return strings.Join(strings.Fields(t[name]), "") }

// lists reports whether one of the words between the colons of a value is among
// words; a tag that is not there allows all.
func (t tags) lists(name string, words ...string) bool {
	v, ok := t[name]
	if !ok {
		return true
	}
	for word := range strings.SplitSeq(v, ":") {
		for _, w := range words {
			if strings.TrimSpace(word) == w {
				return true
			}
		}
	}
	return false
}

// usable says why no signature of ours could be verified with the record, or
// why it would not count.
func (t tags) usable() error {
	_, tested := t["t"]
	switch _, hasKey := t["p"]; {
	case t.value("v", "DKIM1") != "DKIM1":
		return fmt.Errorf("what is published there is of version %q, and keys are of DKIM1", t["v"])
	case !hasKey:
		return errors.New("what is published there holds no key (p=)")
	case t.unspaced("p") == "":
		return errors.New("the key is published there as withdrawn (p= is empty)")
	case !t.lists("h", "sha256"):
		return fmt.Errorf("the key is published there for other hashes than sha256 (h=%s)", t["h"])
	case !t.lists("s", "*", "email"):
		return fmt.Errorf("the key is published there for other services than mail (s=%s)", t["s"])
	case tested && t.lists("t", "y"):
		return errors.New("the key is published there as a test (t=y): receivers take the mail as if it were not signed")
	}
	return nil
}
