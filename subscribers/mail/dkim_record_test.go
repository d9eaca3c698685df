package mail_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"regexp"
	"strings"
	"testing"

	"redigest/subscribers/mail"
)

func records(t testing.TB) (rsa, ed mail.KeyRecord) {
	t.Helper()
	all, err := signerOf(t, "Müller.example").Records()
	if err != nil || len(all) != 2 {
		t.Fatalf("%v, %v", all, err)
	}
	return all[0], all[1]
}

func TestTheRecordsAreThoseThatVerifiersLookFor(t *testing.T) {
	t.Parallel()
	r, e := records(t)
	for _, record := range []mail.KeyRecord{r, e} {
		want, err := published("xn--mller-kva.example")(record.Name)
		if err != nil || record.Text != want[0] {
			t.Errorf("%s holds\n%s, want\n%s, %v", record.Name, record.Text, want, err)
		}
	}
	if r.Selector != "one" || e.Selector != "two" {
		t.Errorf("selectors %q and %q", r.Selector, e.Selector)
	}
}

func TestALongRecordIsSplitIntoStrings(t *testing.T) {
	t.Parallel()
	r, e := records(t)
	for _, record := range []mail.KeyRecord{r, e} {
		zone := record.Zone()
		var joined string
		quoted := regexp.MustCompile(`"([^"]*)"`).FindAllStringSubmatch(zone, -1)
		for _, s := range quoted {
			if len(s[1]) > 255 {
				t.Errorf("a string of %d octets", len(s[1]))
			}
			joined += s[1]
		}
		if joined != record.Text || !strings.HasPrefix(zone, record.Name+". IN TXT (") || !strings.HasSuffix(zone, ` )`) {
			t.Errorf("in a zone it is\n%s\nof\n%s", zone, record.Text)
		}
	}
	if n := strings.Count(r.Zone(), "\n"); n != 2 {
		t.Errorf("an RSA key of 2048 bits has %d strings, want 2", n)
	}
}

func TestWhatIsPublishedIsHeldAgainstTheKey(t *testing.T) {
	t.Parallel()
	r, e := records(t)
	p := r.Text[strings.Index(r.Text, "p=")+2:]
	tests := map[string]struct {
		record    mail.KeyRecord
		published []string
		want      string // a part of what is wrong; empty: nothing
	}{
		"as it should be":             {r, []string{r.Text}, ""},
		"Ed25519 as it should be":     {e, []string{e.Text}, ""},
		"with what may be left out":   {r, []string{"p=" + p}, ""},
		"with spaces and more tags":   {r, []string{" v = DKIM1 ; k = rsa; h=sha1: sha256; s=email; t=s; n=by hand; p=" + p[:100] + " " + p[100:] + " ;"}, ""},
		"for all services":            {r, []string{"v=DKIM1;s=*;p=" + p}, ""},
		"nothing":                     {r, nil, "nothing is published"},
		"twice":                       {r, []string{r.Text, r.Text}, "2 texts"},
		"another text":                {r, []string{"v=spf1 -all"}, "version"},
		"no list":                     {r, []string{"hello"}, "not a key"},
		"a tag twice":                 {r, []string{"p=" + p + ";p=" + p}, "not a key"},
		"the version not first":       {r, []string{"k=rsa; v=DKIM1; p=" + p}, "first"},
		"no key in it":                {r, []string{"v=DKIM1; k=rsa"}, "no key"},
		"withdrawn":                   {r, []string{"v=DKIM1; p="}, "withdrawn"},
		"another key":                 {r, []string{strings.Replace(r.Text, "p=M", "p=N", 1)}, "another key"},
		"cut off":                     {r, []string{r.Text[:255]}, "cut off after 237 of its 392"},
		"of the other key":            {e, []string{r.Text}, `kind "rsa"`},
		"for another hash":            {r, []string{"v=DKIM1; h=sha1; p=" + p}, "other hashes"},
		"for another service":         {r, []string{"v=DKIM1; s=tlsrpt; p=" + p}, "other services"},
		"as a test":                   {r, []string{"v=DKIM1; t=s:y; p=" + p}, "test"},
		"with the quotes of its zone": {r, []string{`"` + r.Text + `"`}, "quotation marks"},
	}
	for name, test := range tests {
		err := test.record.Check(test.published)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want “%s”", name, err, test.want)
		}
	}
}

// Whatever stands in the DNS, the answer is an answer, and only our key is right.
func FuzzKeyRecord(f *testing.F) {
	r, _ := records(f)
	p := r.Text[strings.Index(r.Text, "p=")+2:]
	for _, s := range []string{r.Text, "", ";", "=", "v=DKIM1;p=", "p=" + p + ";t=y", "p=;p=", "v=DKIM1; s=*:x; h=:; p = M I I"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if err := r.Check([]string{s}); err == nil && !strings.Contains(strings.Join(strings.Fields(s), ""), p) {
			t.Errorf("%q is taken for the key", s)
		}
	})
}

func TestASigningKeyIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	for _, k := range keys() {
		data, err := mail.EncodeSigningKey(k.Key)
		if err != nil {
			t.Fatal(err)
		}
		got, err := mail.ParseSigningKey(data)
		if err != nil {
			t.Fatalf("%v\n%.30s", err, data)
		}
		if again, err := mail.EncodeSigningKey(got); err != nil || string(again) != string(data) {
			t.Errorf("another key was read, %v", err)
		}
	}
	old := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(keys()[0].Key.(*rsa.PrivateKey))})
	if _, err := mail.ParseSigningKey(old); err != nil {
		t.Errorf("a key of the older form: %v", err)
	}
}

// What is read as a key signs, and what is said of all else quotes nothing of it.
func FuzzSigningKey(f *testing.F) {
	for _, k := range keys() {
		data, err := mail.EncodeSigningKey(k.Key)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(data[:len(data)-40])
	}
	f.Add([]byte("-----BEGIN RSA PRIVATE KEY-----\nMAA=\n-----END RSA PRIVATE KEY-----\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		key, err := mail.ParseSigningKey(data)
		if (key == nil) == (err == nil) {
			t.Fatalf("%v, %v", key, err)
		}
		if err == nil {
			return
		}
		for line := range strings.Lines(string(data)) {
			// A line of a key is 64 characters without a space.
			if line = strings.TrimSpace(line); len(line) >= 40 && !strings.Contains(line, " ") && strings.Contains(err.Error(), line) {
				t.Errorf("the error quotes %q: %v", line, err)
			}
		}
	})
}

func TestWhatIsNoSigningKey(t *testing.T) {
	t.Parallel()
	good, err := mail.EncodeSigningKey(keys()[0].Key)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other, err := mail.EncodeSigningKey(curve)
	if err != nil {
		t.Fatal(err)
	}
	typed := func(t string) string { return strings.ReplaceAll(string(good), "PRIVATE KEY", t) }
	for name, test := range map[string]struct{ data, want string }{
		"nothing":               {"", "not a key in PEM"},
		"a password":            {"correct horse\n", "not a key in PEM"},
		"another kind":          {string(other), "another kind"},
		"a public key":          {typed("PUBLIC KEY"), "public half"},
		"a key with a password": {typed("ENCRYPTED PRIVATE KEY"), "passphrase"},
		"a certificate":         {typed("CERTIFICATE"), "no private key"},
		"of the wrong name":     {typed("RSA PRIVATE KEY"), "damaged"},
		"damaged":               {strings.Replace(string(good), "MII", "MIJ", 1), "damaged"},
	} {
		key, err := mail.ParseSigningKey([]byte(test.data))
		if key != nil || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
		if len(test.data) > 100 && err != nil && strings.Contains(err.Error(), test.data[60:80]) {
			t.Errorf("%s: the error holds the key: %v", name, err)
		}
	}
}
