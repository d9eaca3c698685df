package bounce

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// leaves returns the media types and the first lines of a mail's parts.
func leaves(p part) (all []string) {
	if len(p.children) == 0 {
		line, _ := cutLine(strings.TrimLeft(p.text, "\n"))
		return []string{p.media + ": " + line}
	}
	for _, c := range p.children {
		all = append(all, leaves(c)...)
	}
	return all
}

func TestPartsAreTakenApart(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		mail string
		want []string
	}{
		"no type": {"Subject: x\n\nhello", []string{"text/plain: hello"}},
		"two parts": {"Content-Type: multipart/mixed; boundary=b\n\npreamble\n--b\n\none\n--b\nContent-Type: text/html\n\ntwo\n--b--\nepilogue",
			[]string{"text/plain: one", "text/html: two"}},
		"cut off":             {"Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntw", []string{"text/plain: one", "text/plain: tw"}},
		"a boundary unquoted": {"Content-Type: multipart/mixed; boundary=a/b=c\n\n--a/b=c\n\none\n--a/b=c--", []string{"text/plain: one"}},
		"no boundary told":    {"Content-Type: multipart/mixed\n\n--guess\nContent-Type: text/html\n\none\n--guess--", []string{"text/html: one"}},
		"another boundary told": {"Content-Type: multipart/mixed; boundary=b\n\n--guess\nContent-Type: text/html\n\none\n--guess--",
			[]string{"text/html: one"}},
		"no boundary at all":  {"Content-Type: multipart/mixed; boundary=b\n\none", []string{"multipart/mixed: one"}},
		"a prefix is another": {"Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--bc\ntwo\n--b--", []string{"text/plain: one"}},
		"parts in a part": {"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\none\n--c--\n--b\n\ntwo\n--b--",
			[]string{"text/plain: one", "text/plain: two"}},
		"a semicolon forgotten":  {"Content-Type: text/plain\n charset=\"utf-8\"\n\none", []string{"text/plain: one"}},
		"a mailbox's first line": {"From nobody Mon Jan  1 00:00:00 2026\nSubject: x\n\none", []string{"text/plain: one"}},
	}
	for name, tt := range tests {
		if diff := cmp.Diff(tt.want, leaves(readPart(tt.mail, 0))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestPartsInPartsEnd(t *testing.T) {
	t.Parallel()
	deep := "deep"
	for n := range 50 {
		deep = fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%dx\n\n--b%dx\n%s", n, n, deep)
	}
	if got := leaves(readPart(deep, 0)); len(got) != 1 {
		t.Errorf("%q", got)
	}
}

func TestTextIsDecoded(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ body, encoding, charset, want string }{
		"quoted-printable":              {"d=C3=A9j=\n=C3=A0 =3D", "Quoted-Printable", "utf-8", "déjà ="},
		"faulty quoted-printable":       {"a=ZZ b=", "quoted-printable", "", "a=ZZ b"},
		"base64":                        {"aGVs\nbG8=\n", "base64", "", "hello"},
		"base64 cut off":                {"aGVsbG8gdGhlc", "base64", "", "hello the"},
		"base64 with CRLF inside":       {"YQ0KYg==", "base64", "", "a\nb"},
		"latin 1":                       {"gr\xfc\xdfe", "8bit", "iso-8859-1", "grüße"},
		"japanese":                      {"\x1b$B08@hITL@\x1b(B", "7bit", "iso-2022-jp", "宛先不明"},
		"japanese that does not say so": {"\x1b$B08@hITL@\x1b(B", "7bit", "us-ascii", "宛先不明"},
		"a charset nobody knows":        {"abc", "", "unicode-1-1-utf-7", "abc"},
	}
	for name, tt := range tests {
		if got := decodeBody(tt.body, tt.encoding, tt.charset, "text/plain"); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestHeadersAreReadAsFarAsTheyGo(t *testing.T) {
	t.Parallel()
	h, rest := readHeader("From: a\nSubject: one\n two\n\tthree\nX-Empty:\nno field at all\nTo: b\n")
	want := Header{{"From", "a"}, {"Subject", "one two three"}, {"X-Empty", ""}}
	if diff := cmp.Diff(want, h); diff != "" || rest != "no field at all\nTo: b\n" {
		t.Errorf("%s, rest %q", diff, rest)
	}
}

func TestTheTextOfAPage(t *testing.T) {
	t.Parallel()
	got := htmlText("<html><style>p{}</style><p>One&nbsp;&lt;ann@inbox.example&gt;<br/>two<td>three</td></p><script>x<y</script>")
	if strings.Join(strings.Fields(got), " ") != "One <ann@inbox.example> two three" {
		t.Errorf("%q", got)
	}
}

func TestACopyIsCutOff(t *testing.T) {
	t.Parallel()
	const words = "Dear sender, ann@inbox.example is unknown.\n\n"
	const header = "Received: from a by b\nFrom: heron@publisher.example\nTo: ann@inbox.example\nSubject: x\n\nbody\n"
	for name, mark := range map[string]string{
		"without a mark":            "",
		"below a drawn mark":        "--- Below this line is a copy of the message.\n\n",
		"below a heading":           "Original message headers:\n\n",
		"below one we do not know":  "~~~ here it comes ~~~\n",
		"below one that is a field": "Note: this follows\n\n",
	} {
		notice, rest := cutCopy(words + mark + header)
		if !strings.HasPrefix(notice, words[:len(words)-1]) || strings.Contains(notice, "Received:") || rest != header {
			t.Errorf("%s: %q and %q", name, notice, rest)
		}
	}
	quoted := words + "  Subject: x\n  To: ann@inbox.example\n\nTo: ann@inbox.example\nSubject: x\n\nit did not reach them\n"
	if notice, _ := cutCopy(quoted); notice != quoted {
		t.Errorf("a quoted subject was taken for a copy: %q", notice)
	}
}
