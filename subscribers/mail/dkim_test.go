package mail_test

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	netmail "net/mail"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/cryptotest"

	"github.com/emersion/go-msgauth/dkim"

	"redigest/subscribers/mail"
	"redigest/templates/golden"
)

// keys are those that tests sign with. An RSA key takes a while to make.
var keys = sync.OnceValue(func() []mail.SigningKey {
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	_, e, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	return []mail.SigningKey{{Selector: "one", Key: r}, {Selector: "two", Key: e}}
})

func signerOf(t testing.TB, domain string) *mail.Signer {
	t.Helper()
	s, err := mail.NewSigner(domain, keys())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// published stands in for the DNS. It is written by hand, as the judge must not
// take our word for what a record says.
func published(domain string) func(string) ([]string, error) {
	return func(name string) ([]string, error) {
		for _, k := range keys() {
			if name != k.Selector+"._domainkey."+domain {
				continue
			}
			switch public := k.Key.Public().(type) {
			case *rsa.PublicKey:
				der, err := x509.MarshalPKIXPublicKey(public)
				return []string{"v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der)}, err
			case ed25519.PublicKey:
				return []string{"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}, nil
			}
		}
		return nil, errors.New("there is no such name")
	}
}

var signatureField = regexp.MustCompile(`(?m)^DKIM-Signature:(.*\r\n[ \t])*.*\r\n`)

// apart returns the message twice, each time with one of its two signatures.
func apart(t testing.TB, raw []byte) map[string][]byte {
	t.Helper()
	at := signatureField.FindAllIndex(raw, -1)
	if len(at) != 2 || at[0][0] != 0 || at[1][0] != at[0][1] {
		t.Fatalf("signatures stand at %v:\n%s", at, raw)
	}
	rest := raw[at[1][1]:]
	return map[string][]byte{
		"rsa-sha256":     slices.Concat(raw[:at[0][1]], rest),
		"ed25519-sha256": slices.Concat(raw[at[1][0]:at[1][1]], rest),
	}
}

// judge has the one signature of a message verified by another program's code.
func judge(t testing.TB, raw []byte, domain string) (*dkim.Verification, error) {
	t.Helper()
	found, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: published(domain)})
	if err != nil || len(found) != 1 {
		t.Fatalf("%d verifications, %v", len(found), err)
	}
	return found[0], found[0].Err
}

// wantSigned holds both signatures of a message, each by itself, to be valid
// and of the domain.
func wantSigned(t testing.TB, raw []byte, domain string) {
	t.Helper()
	for algorithm, message := range apart(t, raw) {
		if !bytes.Contains(message, []byte("a="+algorithm+";")) {
			t.Errorf("the signatures are not in the order of their keys:\n%s", message)
		}
		if v, err := judge(t, message, domain); err != nil || v.Domain != domain {
			t.Errorf("%s: of domain %s, %v:\n%.3000s", algorithm, v.Domain, err, message)
		}
	}
}

func signedIssue(t testing.TB) mail.Letter {
	l := issue()
	l.Signer = signerOf(t, "example.org")
	return l
}

func TestEachOfTwoSignaturesIsValidByItself(t *testing.T) {
	t.Parallel()
	confirmation := mail.Letter{
		From:    netmail.Address{Name: "Seltene Erden täglich", Address: "news@müller.example"},
		Subject: strings.Repeat("Bitte bestätigen Sie, ", 20),
		Text:    "  two  spaces \t \n\n\n" + mail.TokenPlace + "\n\n\n\n",
		HTML:    "<p>\t " + mail.TokenPlace + "  \n \n",
		ListID:  "daily.list-id.müller.example", AutoSubmitted: true,
	}
	confirmation.ListID = "daily.list-id.example.org"
	confirmation.Signer = signerOf(t, "müller.example")
	letters := map[string]struct {
		mail.Letter
		domain string
	}{
		"an issue":       {signedIssue(t), "example.org"},
		"a heavy one":    {func() mail.Letter { l := heavy(); l.Signer = signerOf(t, "example.org"); return l }(), "example.org"},
		"a confirmation": {confirmation, "xn--mller-kva.example"},
	}
	readers := []mail.Copy{
		copyFor("reader@example.com"),
		{To: "leser@bücher.example", Token: strings.Repeat("a2b3c", 11), Since: "2026-02-03", MessageID: "a.b@xn--mller-kva.example", Date: morning.UTC().Add(1e15)},
		{To: "читатель@пример.example", Token: strings.Repeat("zzzzz", 11), Since: "1999-12-31", MessageID: "1@2", Date: morning},
	}
	for name, l := range letters {
		template := build(t, l.Letter)
		for _, c := range readers {
			raw, err := template.Append([]byte("before"), c)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			wantSigned(t, bytes.TrimPrefix(raw, []byte("before")), l.domain)
			wire, err := template.AppendWire(nil, c)
			if got := bytes.ReplaceAll(wire, []byte("\r\n.."), []byte("\r\n.")); err != nil || "before"+string(got) != string(raw) {
				t.Errorf("%s: over the wire goes another message: %v", name, err)
			}
		}
	}
}

// The random boundary is fixed, so not in parallel.
func TestASignatureAsItIsWritten(t *testing.T) {
	k := keys()
	cryptotest.SetGlobalRandom(t, 7)
	_, err := mail.NewSigner("example.org", k)
	if err != nil {
		t.Fatal(err)
	}
	raw := fill(t, build(t, signedIssue(t)), "reader@example.com")
	fields := bytes.Join(signatureField.FindAll(raw, -1), nil)
	for line := range bytes.SplitSeq(fields, []byte("\r\n")) {
		if len(line) > 78 {
			t.Errorf("a line of %d octets: %s", len(line), line)
		}
	}
	value := regexp.MustCompile(`(?m) b=[^;:]*\r\n`)
	golden.Check(t, "signatures.txt", string(value.ReplaceAll(fields, []byte(" b=(by the key)\r\n"))))
}

func TestWhatASignatureCovers(t *testing.T) {
	t.Parallel()
	l := signedIssue(t)
	raw := fill(t, build(t, l), "reader@example.com")
	for algorithm, message := range apart(t, raw) {
		v, err := judge(t, message, "example.org")
		if err != nil {
			t.Fatal(err)
		}
		count := map[string]int{}
		for _, name := range v.HeaderKeys {
			count[strings.ToLower(name)]++
		}
		for name, want := range map[string]int{
			"from": 2, "to": 2, "reply-to": 2, "subject": 2, "date": 2, "message-id": 2, "mime-version": 2, "content-type": 2,
			"list-unsubscribe": 2, "list-unsubscribe-post": 2, "cc": 1, "sender": 1,
			"list-id": 1, "list-help": 1, "list-post": 1, "list-archive": 1, "list-owner": 1, "feedback-id": 1,
			"return-path": 0, "received": 0, "dkim-signature": 0, "precedence": 0,
		} {
			if count[name] != want {
				t.Errorf("%s: %s stands %d times in h=, want %d", algorithm, name, count[name], want)
			}
		}
		if !v.Time.Equal(morning) {
			t.Errorf("%s: signed at %v", algorithm, v.Time)
		}
	}
}

// What a forger could do to a signed mail, and what relays do to every one.
func TestWhatBreaksASignatureAndWhatDoesNot(t *testing.T) {
	t.Parallel()
	replace := func(old, new string) func(string) string {
		return func(s string) string {
			if !strings.Contains(s, old) {
				t.Errorf("there is no %q to replace", old)
			}
			return strings.Replace(s, old, new, 1)
		}
	}
	onTop := func(field string) func(string) string {
		return func(s string) string { return field + "\r\n" + s }
	}
	atTheEnd := func(field string) func(string) string { return replace("\r\n\r\n", "\r\n"+field+"\r\n\r\n") }
	tests := map[string]struct {
		change func(string) string
		holds  bool
	}{
		"another From on top":               {onTop("From: Bank <bank@example.com>"), false},
		"another From below":                {atTheEnd("From: Bank <bank@example.com>"), false},
		"the same From again":               {atTheEnd("From: Rare Earth Daily <news@example.org>"), false},
		"another Subject":                   {onTop("Subject: Buy"), false},
		"another To":                        {onTop("To: <else@example.com>"), false},
		"another Date":                      {onTop("Date: Wed, 04 Feb 2026 06:00:00 +0100"), false},
		"a Cc that was not there":           {onTop("Cc: <else@example.com>"), false},
		"a Sender that was not there":       {onTop("Sender: <bank@example.com>"), false},
		"another Content-Type":              {onTop("Content-Type: text/plain"), false},
		"another List-Unsubscribe":          {onTop("List-Unsubscribe: <https://example.com/>"), false},
		"another List-Unsubscribe-Post":     {onTop("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), false},
		"a changed name in From":            {replace("From: Rare", "From: Rarer"), false},
		"a changed Subject":                 {replace("Subject: Two", "Subject: Ten"), false},
		"a changed answer address":          {replace("Reply-To: <desk@", "Reply-To: <disk@"), false},
		"a changed reader":                  {replace("To: <reader@", "To: <leader@"), false},
		"a changed Date":                    {replace("06:00:00", "06:00:01"), false},
		"a changed Message-ID":              {replace("<3.77@", "<3.78@"), false},
		"a changed List-Unsubscribe":        {replace("/unsubscribe/ab2", "/unsubscribe/bb2"), false},
		"its second address changed":        {replace("mailto:u+ab2", "mailto:u+bb2"), false},
		"List-Unsubscribe taken out":        {replace("List-Unsubscribe:", "X-List-Unsubscribe:"), false},
		"List-Unsubscribe-Post changed":     {replace("=One-Click", "=Two-Clicks"), false},
		"a changed List-Id":                 {replace("<daily.list-id", "<weekly.list-id"), false},
		"a changed Feedback-ID":             {replace("Feedback-ID: 2026-02-03", "Feedback-ID: 2026-02-04"), false},
		"another boundary":                  {replace("boundary=", "boundary=x"), false},
		"a word of the body":                {replace("One in the north", "None in the north"), false},
		"the reader's link in the body":     {replace("/unsubscribe/ab2cd3ef4gh5ij6kl7mnopqrstuvwxyz2345=\r\n", "/unsubscribe/bb2cd3ef4gh5ij6kl7mnopqrstuvwxyz2345=\r\n"), false},
		"the day in the body":               {replace("2025-11-30.</p>", "2025-11-31.</p>"), false},
		"the link at the end of the body":   {replace("xyz234567abcdefghijklmnopq\">", "xyz234567abcdefghijklmnopr\">"), false},
		"a line more at the end":            {func(s string) string { return s + "Buy\r\n" }, false},
		"another time in the signature":     {replace(" t=1", " t=2"), false},
		"another domain in the signature":   {replace("d=example.org", "d=example.com"), false},
		"relays' own fields above":          {onTop("Return-Path: <b@example.org>\r\nReceived: from a by b; Tue, 3 Feb 2026 05:00:00 +0000"), true},
		"fields of a filter":                {atTheEnd("X-Spam: no"), true},
		"empty lines at the end":            {func(s string) string { return s + "\r\n\r\n" }, true},
		"a space at the end of a line":      {replace("TWO MINES OPEN\r\n", "TWO MINES OPEN \t\r\n"), true},
		"a field folded in another place":   {replace("Subject: Two mines", "Subject:\r\n  Two\r\n\tmines"), true},
		"a field's name in other letters":   {replace("Subject:", "SUBJECT :"), true},
		"Precedence taken out by a gateway": {replace("Precedence: bulk\r\n", ""), true},
	}
	raw := fill(t, build(t, signedIssue(t)), "reader@example.com")
	for name, test := range tests {
		for algorithm, message := range apart(t, raw) {
			_, err := judge(t, []byte(test.change(string(message))), "example.org")
			if (err == nil) != test.holds {
				t.Errorf("%s, %s: %v", name, algorithm, err)
			}
		}
	}
}

func TestACopyIsTheSameInEveryAttempt(t *testing.T) {
	t.Parallel()
	template := build(t, signedIssue(t))
	once, again := fill(t, template, "reader@example.com"), fill(t, template, "reader@example.com")
	if !bytes.Equal(once, again) {
		t.Error("a second attempt has other octets")
	}
}

// Lines share a letter and what signs it, and none gets another's signature.
func TestManyLinesSignAtATime(t *testing.T) {
	t.Parallel()
	template := build(t, signedIssue(t))
	var running sync.WaitGroup
	for line := range 20 {
		running.Go(func() {
			var buf []byte
			for n := range 3 {
				c := copyFor(fmt.Sprintf("reader%d.%d@example.com", line, n))
				c.Token = strings.Repeat(string(rune('a'+line)), len(mail.TokenPlace))
				var err error
				if buf, err = template.Append(buf[:0], c); err != nil {
					t.Error(err)
					return
				}
				wantSigned(t, buf, "example.org")
			}
		})
	}
	running.Wait()
}

// Room is made for a copy once, and no more than it needs: SIZE is told of it.
func TestTheLengthOfASignedCopyIsKnownBefore(t *testing.T) {
	t.Parallel()
	large, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range [][]mail.SigningKey{keys(), {{Selector: "large", Key: large}}} {
		l := issue()
		if l.Signer, err = mail.NewSigner("example.org", k); err != nil {
			t.Fatal(err)
		}
		template, c := build(t, l), copyFor("reader@example.com")
		raw := fill(t, template, c.To)
		if got := template.Size(c); got != len(raw) {
			t.Errorf("with %d keys it is said to be %d, and is %d", len(k), got, len(raw))
		}
		bare := fill(t, template.Unsigned(), c.To)
		if got := template.Unsigned().Size(c); got != len(bare) {
			t.Errorf("unsigned it is said to be %d, and is %d", got, len(bare))
		}
	}
}

func TestARelayThatSignsGetsTheSameMailUnsigned(t *testing.T) {
	t.Parallel()
	template := build(t, signedIssue(t))
	raw := fill(t, template, "reader@example.com")
	bare := fill(t, template.Unsigned(), "reader@example.com")
	if want := signatureField.ReplaceAll(raw, nil); !bytes.Equal(bare, want) || len(want) == len(raw) {
		t.Errorf("unsigned it is\n%s\nwant\n%s", bare, want)
	}
	if unsigned := build(t, issue()); unsigned.Unsigned() != unsigned {
		t.Error("a letter without a signer is not its own unsigned form")
	}
}

func TestOnlyTheDomainOfFromSigns(t *testing.T) {
	t.Parallel()
	for from, ok := range map[string]bool{
		"news@example.org": true, "news@EXAMPLE.org": true,
		"news@mail.example.org": false, "news@anexample.org": false, "news@example.com": false,
	} {
		l := signedIssue(t)
		l.From.Address = from
		if _, err := mail.Build(l); (err == nil) != ok {
			t.Errorf("%s signed by example.org: %v", from, err)
		}
	}
}

func TestKeysThatDoNotSign(t *testing.T) {
	t.Parallel()
	good := keys()
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	named := func(selector string, key crypto.Signer) mail.SigningKey {
		return mail.SigningKey{Selector: selector, Key: key}
	}
	tests := map[string]struct {
		domain string
		keys   []mail.SigningKey
		want   string // a part of the error
	}{
		"none":                 {"example.org", nil, "must be RSA"},
		"Ed25519 alone":        {"example.org", good[1:], "must be RSA"},
		"RSA of 1024 bits":     {"example.org", []mail.SigningKey{named("one", small)}, "1024 bits"},
		"no key":               {"example.org", []mail.SigningKey{named("one", nil)}, "neither"},
		"one selector for two": {"example.org", []mail.SigningKey{good[0], named("ONE", good[1].Key)}, "same selector"},
		"no selector":          {"example.org", []mail.SigningKey{named("", good[0].Key)}, "a selector is"},
		"a selector of lines":  {"example.org", []mail.SigningKey{named("a\r\nb", good[0].Key)}, "a selector is"},
		"no domain":            {"", good, "sign mail from"},
		"no such domain":       {"a b", good, "sign mail from"},
	}
	for name, test := range tests {
		if _, err := mail.NewSigner(test.domain, test.keys); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestASignedCopyAllocatesWhatRSADoes(t *testing.T) {
	template := build(t, signedIssue(t))
	c := copyFor("reader@example.com")
	buf := fill(t, template, c.To)
	sum := make([]byte, 32)
	key := keys()[0].Key.(*rsa.PrivateKey)
	rsaAlone := testing.AllocsPerRun(20, func() { _, _ = rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum) })
	if n := testing.AllocsPerRun(20, func() { buf, _ = template.AppendWire(buf[:0], c) }); n > rsaAlone {
		t.Errorf("%v allocations a copy, and RSA alone has %v", n, rsaAlone)
	}
}

// However a letter reads, its signatures hold.
func FuzzSigned(f *testing.F) {
	f.Add("Two mines", "text \t\n\n \n", "<p>\thtml  </p>\n\n")
	f.Add("a \t  b", ".\r\n..\r\n", " =20\n=\n")
	f.Add("日本語", "\n", "From me\n")
	signer := signerOf(f, "example.org")
	f.Fuzz(func(t *testing.T, subject, text, html string) {
		l := issue()
		l.Signer, l.Subject = signer, subject
		l.Text, l.HTML = mail.TokenPlace+text, html+mail.TokenPlace
		template, err := mail.Build(l)
		if err != nil {
			return
		}
		wantSigned(t, fill(t, template, "reader@example.com"), "example.org")
	})
}
