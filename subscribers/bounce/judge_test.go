package bounce

import (
	"os"
	"strings"
	"testing"
)

func TestReasonsAreReadFromWhatServersSay(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/replies.txt")
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		where, rest, _ := strings.Cut(line, " ")
		want, said, _ := strings.Cut(rest, " ")
		f := finding{recipient: "ann@inbox.example", action: Failed, said: said}
		if where != "local" {
			f.around = "(in reply to " + commands[where] + ")"
		}
		got := judge(f)
		is := got.Reason
		if got.Hard {
			is += "!"
		}
		if is != want {
			t.Errorf("%s: %s; want %s (%s %s)", line, is, want, got.Code, got.Status)
		}
		tried++
	}
	if tried < 80 {
		t.Errorf("%d replies tried", tried)
	}
}

var commands = map[string]string{"connect": "initial greeting", "ehlo": "EHLO", "mail": "MAIL FROM", "rcpt": "RCPT TO", "data": "end of DATA"}

// A report of a delay, and one whose code is temporary, are never hard,
// whatever their words say.
func TestOnlyWhatFailedForGoodIsHard(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		f    finding
		want bool
	}{
		"failed for good":                 {finding{action: Failed, status: "5.1.1", said: "user unknown"}, true},
		"failed, and says no more":        {finding{action: Failed, status: "5.1.1"}, true},
		"delayed":                         {finding{action: Delayed, status: "5.1.1", said: "user unknown"}, false},
		"given up on a temporary failure": {finding{action: Failed, status: "4.1.1", said: "user unknown"}, false},
		"a temporary reply":               {finding{action: Failed, said: "450 user unknown"}, false},
	} {
		if got := judge(tt.f); got.Hard != tt.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestTheFarEndIsBelievedBeforeTheReporter(t *testing.T) {
	t.Parallel()
	got := judge(finding{action: Failed, status: "5.1.1", said: "552 5.2.2 no room", around: "user unknown"})
	if got.Status != "5.2.2" || got.Code != "552" || got.Reason != mailboxfull {
		t.Errorf("%+v", got)
	}
}

// What the reporter writes for people is asked when the far end said nothing
// that is known, and not before.
func TestWhatStandsAroundIsAskedAfterwards(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{"550 5.0.0 no": mailboxfull, "550 5.1.1 no such user": userunknown, "": mailboxfull} {
		if got := judge(finding{action: Failed, said: said, around: "her mailbox is full"}); got.Reason != want {
			t.Errorf("%q: %s", said, got.Reason)
		}
	}
}

func TestTheReportersOwnSortingDecides(t *testing.T) {
	t.Parallel()
	for category, want := range categories {
		if got := judge(finding{action: Failed, said: "550 no", category: category}); got.Reason != want {
			t.Errorf("%s: %s", category, got.Reason)
		}
	}
	for _, category := range amazonCategories {
		if categories[category] == "" {
			t.Errorf("%s is no category", category)
		}
	}
}

// A phrase that is not in the plain form of words could never match.
func TestPhrasesAreInPlainWords(t *testing.T) {
	t.Parallel()
	var all []string
	for _, table := range [][]saying{senderFaults, plainFaults, certainAddress, firmPolicy, addressFaults, looseAddress, loosePolicy, transportFaults} {
		for _, s := range table {
			all = append(all, s.phrases...)
		}
	}
	for _, list := range [][]string{bounceSubjects, bounceWords, replySubjects, challengeSubjects, challengeWords, copyMarks, announcements} {
		all = append(all, list...)
	}
	for _, p := range all {
		plain := strings.NewReplacer(" .. ", " ", "-", "").Replace(p)
		if " "+plain+" " != plainWords(plain) {
			t.Errorf("%q reads as %q", p, plainWords(plain))
		}
	}
}
