package mail_test

import (
	"bytes"
	netmail "net/mail"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"

	"redigest/subscribers/link"
	"redigest/subscribers/mail"
	"redigest/subscribers/smtptest"
	"redigest/templates/golden"
)

const token = "ab2cd3ef4gh5ij6kl7mnopqrstuvwxyz234567abcdefghijklmnopq"

var morning = time.Date(2026, 2, 3, 6, 0, 0, 0, time.FixedZone("CET", 3600))

// copyFor is what differs for one reader.
func copyFor(to string) mail.Copy {
	return mail.Copy{To: to, Token: token, Since: "2025-11-30", MessageID: "3.77@example.org", Date: morning}
}

// issue is a letter as a day's issue is.
func issue() mail.Letter {
	return mail.Letter{
		From:              netmail.Address{Name: "Rare Earth Daily", Address: "news@example.org"},
		ReplyTo:           netmail.Address{Address: "desk@example.org"},
		Subject:           "Two mines open in one week",
		Text:              "TWO MINES OPEN\n\nOne in the north, one in the south.\n\nYou signed up on " + mail.SincePlace + ".\nLeave: https://example.org/unsubscribe/" + mail.TokenPlace + "\n",
		HTML:              "<!doctype html>\n<html><head><meta charset=\"utf-8\"><title>Two mines</title></head><body><p>One in the north, one in the south.</p><p>You signed up on " + mail.SincePlace + ".</p><p><a href=\"https://example.org/unsubscribe/" + mail.TokenPlace + "\">Leave</a></p></body></html>\n",
		ListID:            "daily.list-id.example.org",
		ListName:          "Rare Earth Daily",
		UnsubscribeURL:    "https://example.org/unsubscribe/" + mail.TokenPlace,
		UnsubscribeMailto: "mailto:u+" + mail.TokenPlace + "@example.org",
		ListHelp:          "https://example.org/",
		ListOwner:         "mailto:desk@example.org",
		ListArchive:       "https://example.org/issues",
		FeedbackID:        "2026-02-03:daily.list-id.example.org:daily:redigest",
		Bulk:              true,
	}
}

func build(t testing.TB, l mail.Letter) *mail.Template {
	t.Helper()
	template, err := mail.Build(l)
	if err != nil {
		t.Fatal(err)
	}
	return template
}

func fill(t testing.TB, template *mail.Template, to string) []byte {
	t.Helper()
	raw, err := template.Append(nil, copyFor(to))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestTheTokensPlaceIsAsLongAsAToken(t *testing.T) {
	t.Parallel()
	if len(mail.TokenPlace) != link.Length {
		t.Errorf("the place has %d characters, a token %d", len(mail.TokenPlace), link.Length)
	}
	if strings.Trim(mail.TokenPlace, "abcdefghijklmnopqrstuvwxyz234567") != "" {
		t.Error("the place is not in a token's alphabet")
	}
}

// The random boundary is fixed, so not in parallel.
func TestAnIssueAsItIsSent(t *testing.T) {
	cryptotest.SetGlobalRandom(t, 7)
	raw := fill(t, build(t, issue()), "reader@example.com")
	baseCheck(t, raw)
	golden.Check(t, "issue.eml", string(raw))
}

func TestAConfirmationAsItIsSent(t *testing.T) {
	cryptotest.SetGlobalRandom(t, 7)
	raw := fill(t, build(t, mail.Letter{
		From:          netmail.Address{Name: "Seltene Erden täglich", Address: "news@müller.example"},
		Subject:       "Bitte bestätigen: Seltene Erden täglich, die Nachrichten des Tages über Minen und Märkte",
		Text:          "https://example.org/confirm/" + mail.TokenPlace + "\n",
		HTML:          "<html><body><a href=\"https://example.org/confirm/" + mail.TokenPlace + "\">Ja</a></body></html>\n",
		ListID:        "daily.list-id.example.org",
		ListName:      "Seltene Erden täglich",
		AutoSubmitted: true,
	}), "leser@bücher.example")
	a := baseCheck(t, raw)
	for _, name := range []string{"List-Unsubscribe", "List-Unsubscribe-Post"} {
		if a.header.Get(name) != "" {
			t.Errorf("%s on a mail to someone who is not subscribed", name)
		}
	}
	golden.Check(t, "confirmation.eml", string(raw))
}

func TestATokenIsFilledInWhereverItsPlaceIsCut(t *testing.T) {
	t.Parallel()
	link := "https://example.org/unsubscribe/" + mail.TokenPlace
	for before := range 90 {
		l := issue()
		l.Text = strings.Repeat("x", before) + link + " ü " + link + "\n"
		l.HTML = "<a href=\"" + strings.Repeat("=", before) + link + "\">ü</a>" + mail.TokenPlace + mail.TokenPlace + "\n"
		raw := fill(t, build(t, l), "reader@example.com")
		a := baseCheck(t, raw)
		filled := strings.NewReplacer(mail.TokenPlace, token, "\n", "\r\n")
		if want := filled.Replace(l.Text); a.text != want {
			t.Fatalf("%d before: text %q, want %q", before, a.text, want)
		}
		if want := filled.Replace(l.HTML); a.html != want {
			t.Fatalf("%d before: HTML %q, want %q", before, a.html, want)
		}
		if got := a.header.Get("List-Unsubscribe"); got != "<https://example.org/unsubscribe/"+token+">, <mailto:u+"+token+"@example.org>" {
			t.Fatalf("List-Unsubscribe: %q", got)
		}
	}
}

func TestTheDayOfSigningUpIsFilledInWhereverItsPlaceIsCut(t *testing.T) {
	t.Parallel()
	for before := range 90 {
		l := signedIssue(t)
		l.Text = strings.Repeat("x", before) + mail.SincePlace + " ü " + mail.TokenPlace + mail.SincePlace + "\n"
		l.HTML = strings.Repeat("=", before) + mail.SincePlace + mail.SincePlace + "<p>" + mail.TokenPlace + "</p>\n"
		template := build(t, l)
		raw := fill(t, template, "reader@example.com")
		wantSigned(t, raw, "example.org")
		if got := template.Size(copyFor("reader@example.com")); got != len(raw) {
			t.Errorf("%d before: it is said to be %d, and is %d", before, got, len(raw))
		}
		a := baseCheck(t, fill(t, template.Unsigned(), "reader@example.com"))
		filled := strings.NewReplacer(mail.TokenPlace, token, mail.SincePlace, "2025-11-30", "\n", "\r\n")
		if want := filled.Replace(l.Text); a.text != want {
			t.Fatalf("%d before: text %q, want %q", before, a.text, want)
		}
		if want := filled.Replace(l.HTML); a.html != want {
			t.Fatalf("%d before: HTML %q, want %q", before, a.html, want)
		}
	}
}

func TestThePlaceOfTheDayOfSigningUpIsNoDay(t *testing.T) {
	t.Parallel()
	if _, err := time.Parse(time.DateOnly, mail.SincePlace); err == nil || len(mail.SincePlace) != len(time.DateOnly) {
		t.Errorf("%s: %v; it must be as long as a day and none, or it would be found in what stories say", mail.SincePlace, err)
	}
}

func TestTextOfAllKindsArrivesAsItWas(t *testing.T) {
	t.Parallel()
	subjects := []string{
		"Two mines open in one week",
		"Größere Förderung, kleinere Preise — ein Überblick",
		"稀土价格上涨：三座矿山在一周内投产，市场反应强烈，分析师预计价格还会继续上涨",
		"レアアース価格、3週連続で上昇",
		"ราคาแร่หายากเพิ่มขึ้นเป็นสัปดาห์ที่สามติดต่อกัน",
		"أسعار العناصر الأرضية النادرة ترتفع للأسبوع الثالث",
		"מחירי המתכות הנדירות עולים",
		"Цены на редкоземельные металлы растут третью неделю подряд",
		"⛏️ Mines 👩🏽‍🔬👨‍👩‍👧‍👦 and 🇳🇴 flags 🏴󠁧󠁢󠁳󠁣󠁴󠁿",
		"e\u0301 is e with an accent of its own",
		"“Quotes”, (brackets), <angles> & a back\\slash; \"more\"",
		"=?utf-8?q?not_decoded?= stays what it is",
		"a_b=c?d",
		"100% of it: 5 €",
		strings.Repeat("word ", 200) + "end",
		strings.Repeat("x", 1000),
		strings.Repeat("x", 69), strings.Repeat("x", 70), strings.Repeat("x", 71),
		strings.Repeat("ü", 1000),
		strings.Repeat("日本", 500),
		"short " + strings.Repeat("x", 66) + " " + strings.Repeat("y", 68) + " z",
	}
	for _, subject := range subjects {
		l := issue()
		l.Subject, l.From.Name, l.ListName = subject, subject, subject
		l.Text = subject + "\n" + l.Text
		l.HTML = l.HTML + "<!-- " + subject + " -->\n"
		a := baseCheck(t, fill(t, build(t, l), "reader@example.com"))
		if got := decodeField(t, a.header.Get("Subject")); got != subject {
			t.Errorf("subject\ngot  %q\nwant %q", got, subject)
		}
		if from, err := a.header.AddressList("From"); err != nil || from[0].Name != subject || from[0].Address != "news@example.org" {
			t.Errorf("from %v, %v; want %q", from, err, subject)
		}
		if !strings.HasPrefix(a.text, subject+"\r\n") || !strings.Contains(a.html, subject) {
			t.Errorf("a part lost %q", subject)
		}
	}
}

func TestTextFromElsewhereStartsNoHeaderLine(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"\r\n", "\n", "\r", "\x00", "\u0085", "\u2028", "\u2029", "\v", "\f", "\n\n", "\r\n\r\n", "\xff\n"} {
		l := issue()
		evil := "before" + end + "Bcc: everyone@example.net" + end + "after"
		l.Subject, l.From.Name, l.ReplyTo.Name, l.ListName = evil, evil, evil, evil
		a := baseCheck(t, fill(t, build(t, l), "reader@example.com"))
		if got := decodeField(t, a.header.Get("Subject")); !strings.HasPrefix(got, "before") || !strings.HasSuffix(got, "after") {
			t.Errorf("%q: subject %q", end, got)
		}
	}
}

func TestBodiesWithDotsAndStrayLineEndsArriveAsOneMessage(t *testing.T) {
	t.Parallel()
	l := issue()
	nasty := "a\r\n.\r\nb\n.\nc\r.\rd\n.\r\ne\x00f\r\nMAIL FROM:<evil@example.net>\r\n..\r\n.g\r\n\u0093trailing \t\r\n"
	l.Text += nasty
	l.HTML += nasty
	raw := fill(t, build(t, l), "reader@example.com")
	for _, lenient := range []bool{false, true} {
		far := smtptest.Start(t, smtptest.Options{Keep: true, Lenient: lenient})
		if _, err := send(t.Context(), dial(t, far), envelope, raw); err != nil {
			t.Fatal(err)
		}
		got := far.Messages()
		if len(got) != 1 || !bytes.Equal(got[0].Data, raw) {
			t.Fatalf("lenient %v: %d messages arrived, or other octets", lenient, len(got))
		}
		want := "a\r\n.\r\nb\r\n.\r\nc\r\n.\r\nd\r\n.\r\nef\r\nMAIL FROM:<evil@example.net>\r\n..\r\n.g\r\ntrailing \t\r\n"
		a := baseCheck(t, got[0].Data)
		if !strings.HasSuffix(a.text, want) || !strings.HasSuffix(a.html, want) {
			t.Errorf("text %q\nHTML %q\nwant both to end %q", a.text, a.html, want)
		}
	}
}

func TestEveryReaderHasTheirOwnCopy(t *testing.T) {
	t.Parallel()
	template := build(t, issue())
	other := strings.Repeat("b", len(token))
	raw, err := template.Append([]byte("kept"), mail.Copy{To: "o'hara+tag@example.com", Token: other, Since: "2026-01-31", MessageID: "9.9@example.org", Date: morning.UTC()})
	if err != nil {
		t.Fatal(err)
	}
	raw, ok := bytes.CutPrefix(raw, []byte("kept"))
	if !ok {
		t.Fatal("what was there is gone")
	}
	a := baseCheck(t, raw)
	for field, want := range map[string]string{
		"To": "<o'hara+tag@example.com>", "Message-Id": "<9.9@example.org>", "Date": "Tue, 03 Feb 2026 05:00:00 +0000",
	} {
		if got := a.header.Get(field); got != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
	if bytes.Contains(raw, []byte(mail.TokenPlace)) || strings.Contains(a.text, token) || strings.Count(a.text+a.html, other) != 2 {
		t.Error("a token is wrong or missing")
	}
	if bytes.Contains(raw, []byte(mail.SincePlace)) || strings.Count(a.text+a.html, "2026-01-31") != 2 {
		t.Error("a day of signing up is wrong or missing")
	}
}

func TestAddressesAsTheyStandInAMessage(t *testing.T) {
	t.Parallel()
	template := build(t, issue())
	good := map[string]string{
		"Reader@Example.COM":      "To: <Reader@Example.COM>\r\n",
		"leser@bücher.example":    "To: <leser@xn--bcher-kva.example>\r\n",
		"читатель@пример.example": "To: <читатель@xn--e1afmkfd.example>\r\n",
		"a@localhost":             "To: <a@localhost>\r\n",
	}
	for to, want := range good {
		raw, err := template.Append(nil, copyFor(to))
		if err != nil || !bytes.Contains(raw, []byte(want)) {
			t.Errorf("%s: %v; no %q", to, err, want)
		}
	}
	for _, to := range []string{
		"", "a", "@example.com", "a@", "a@b..c", "a@-b.example", "a b@example.com", "a..b@example.com", ".a@example.com",
		"\"a b\"@example.com", "a@[127.0.0.1]", "a@exa_mple.com", "a>@example.com", "a@example.com\r\nBcc: b@example.com",
		"a\u2028b@example.com", "a\xff@example.com", "a\u200bb@example.com", "a,b@example.com", strings.Repeat("a", 65) + "@example.com",
		"a@" + strings.Repeat("b.", 130) + "example",
	} {
		dst := []byte("kept")
		got, err := template.Append(dst, copyFor(to))
		if outcome(err) != "refused at rcpt" || string(got) != "kept" {
			t.Errorf("%q: %v, %q; want a refusal and nothing added", to, err, got)
		}
	}
}

func TestNeedsSMTPUTF8(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"reader@example.com": false, "reader@bücher.example": false, "jürgen@example.com": true, "": false, "ü": false,
	} {
		if got := mail.NeedsSMTPUTF8(address); got != want {
			t.Errorf("%q: %v", address, got)
		}
	}
}

func TestACopyMustBeWhole(t *testing.T) {
	t.Parallel()
	template := build(t, issue())
	for name, spoil := range map[string]func(*mail.Copy){
		"no token":                 func(c *mail.Copy) { c.Token = "" },
		"a short token":            func(c *mail.Copy) { c.Token = token[1:] },
		"a token in capitals":      func(c *mail.Copy) { c.Token = strings.ToUpper(token) },
		"a token with a soft line": func(c *mail.Copy) { c.Token = token[3:] + "=\r\n" },
		"no day of signing up":     func(c *mail.Copy) { c.Since = "" },
		"a day in words":           func(c *mail.Copy) { c.Since = "3 Feb 2026" },
		"a day with a soft line":   func(c *mail.Copy) { c.Since = "2026-0=\r\n" },
		"no Message-ID":            func(c *mail.Copy) { c.MessageID = "" },
		"a bracketed Message-ID":   func(c *mail.Copy) { c.MessageID = "<1@example.org>" },
		"a Message-ID of one part": func(c *mail.Copy) { c.MessageID = "example.org" },
		"a Message-ID with a line": func(c *mail.Copy) { c.MessageID = "1@example.org\r\nBcc: x@example.org" },
		"no date":                  func(c *mail.Copy) { c.Date = time.Time{} },
	} {
		c := copyFor("reader@example.com")
		spoil(&c)
		if got, err := template.Append(nil, c); err == nil || got != nil {
			t.Errorf("%s: %v, %q", name, err, got)
		}
	}
	l := issue()
	l.ListID, l.UnsubscribeURL, l.Text, l.HTML = "", "", "plain\n", "<p>plain"
	without := build(t, l)
	c := copyFor("reader@example.com")
	c.Token = ""
	if _, err := without.Append(nil, c); err != nil {
		t.Errorf("a letter without a place wants a token: %v", err)
	}
}

func TestLettersThatMustNotGoOut(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		spoil func(*mail.Letter)
		says  string
	}{
		"no subject":                      {func(l *mail.Letter) { l.Subject = " \r\n" }, "no subject"},
		"no sender":                       {func(l *mail.Letter) { l.From.Address = "" }, "from"},
		"two senders":                     {func(l *mail.Letter) { l.From.Address = "a@example.org, b@example.org" }, "from"},
		"a sender beyond ASCII":           {func(l *mail.Letter) { l.From.Address = "jürgen@example.org" }, "ASCII"},
		"answers to nowhere":              {func(l *mail.Letter) { l.ReplyTo.Address = "nowhere" }, "reply-to"},
		"no text":                         {func(l *mail.Letter) { l.Text = "" }, "no text part"},
		"no HTML":                         {func(l *mail.Letter) { l.HTML = " \n" }, "no HTML part"},
		"no way out in the text":          {func(l *mail.Letter) { l.Text = "x" }, "text part has no link to unsubscribe"},
		"no way out in the HTML":          {func(l *mail.Letter) { l.HTML = "x" }, "HTML part has no link to unsubscribe"},
		"an unsubscribe link for all":     {func(l *mail.Letter) { l.UnsubscribeURL = "https://example.org/unsubscribe" }, "not one place for a token"},
		"an unsubscribe link to script":   {func(l *mail.Letter) { l.UnsubscribeURL = "javascript:" + mail.TokenPlace }, "is no web address"},
		"an unsubscribe link, two lines":  {func(l *mail.Letter) { l.UnsubscribeURL += "\r\nX: y" }, "unsubscribe"},
		"an unsubscribe link that closes": {func(l *mail.Letter) { l.UnsubscribeURL += ">,<https://example.net/" }, "not a URI"},
		"a mailto that is none":           {func(l *mail.Letter) { l.UnsubscribeMailto = "u@example.org" }, "mailto:"},
		"a help that is no address":       {func(l *mail.Letter) { l.ListHelp = "ask us" }, "List-Help"},
		"a list without an ID":            {func(l *mail.Letter) { l.ListID = "" }, "no list ID"},
		"a list ID of one word":           {func(l *mail.Letter) { l.ListID = "daily" }, "list ID"},
		"a list ID with brackets":         {func(l *mail.Letter) { l.ListID = "<daily.example.org>" }, "list ID"},
		"a list ID beyond ASCII":          {func(l *mail.Letter) { l.ListID = "täglich.example.org" }, "list ID"},
		"a feedback ID of three names":    {func(l *mail.Letter) { l.FeedbackID = "a:b:redigest" }, "feedback ID"},
		"a feedback ID with one twice":    {func(l *mail.Letter) { l.FeedbackID = "a:b:a:redigest" }, "feedback ID"},
		"a feedback ID of two lines":      {func(l *mail.Letter) { l.FeedbackID = "a:b:c\r\nX:redigest" }, "feedback ID"},
		"a feedback ID of a short sender": {func(l *mail.Letter) { l.FeedbackID = "a:b:c:d" }, "feedback ID"},
		"an address too long for a line":  {func(l *mail.Letter) { l.ListArchive = "https://example.org/" + strings.Repeat("a", 1000) }, "998"},
	}
	for name, test := range tests {
		l := issue()
		test.spoil(&l)
		if _, err := mail.Build(l); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want an error saying %q", name, err, test.says)
		}
	}
}

func TestOnLoopbackTheWayOutMayBeHTTP(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"localhost:8080", "127.0.0.1:8080", "[::1]:8080"} {
		l := issue()
		l.UnsubscribeURL = "http://" + host + "/unsubscribe/" + mail.TokenPlace
		a := baseCheck(t, fill(t, build(t, l), "reader@example.com"))
		if !strings.HasPrefix(a.header.Get("List-Unsubscribe"), "<http://"+host+"/unsubscribe/"+token+">") ||
			a.header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
			t.Errorf("%s: %v", host, a.header)
		}
	}
}

// Mailboxes of the old form take a line that begins with “From ” for the
// beginning of a mail.
func TestNoLineBeginsWithFrom(t *testing.T) {
	t.Parallel()
	long := "From From " + strings.Repeat("From magnets ", 40)
	l := issue()
	l.Text = "From Monday on\n\nFrom here\n" + long + "\n" + l.Text
	l.HTML = "From the first\n" + long + l.HTML
	raw := fill(t, build(t, l), "ada@example.com")
	_, body, _ := strings.Cut(string(raw), "\r\n\r\n")
	for line := range strings.Lines(body) {
		if strings.HasPrefix(line, "From ") || len(line) > len("\r\n")+76 {
			t.Errorf("a line of %d octets: %q", len(line), line)
		}
	}
	if text := baseCheck(t, raw).text; !strings.Contains(text, "From Monday on") || !strings.Contains(text, "\nFrom here") || !strings.Contains(text, long[:200]) {
		t.Errorf("the text did not arrive as it was:\n%s", text)
	}
}
