package bounce

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEnhancedCodesAreFoundInText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"550 5.1.1 no":                   {"5.1.1"},
		"550-5.7.26 first\n550 5.7.26 x": {"5.7.26", "5.7.26"},
		"no mailbox (#5.1.1)":            {"5.1.1"},
		"5.1.10: null MX":                {"5.1.10"},
		"4.4.7 expired <421 4.4.2 x>":    {"4.4.7", "4.4.2"},
		"host 5.1.1.9 refused":           nil,
		"from 192.5.1.1":                 nil,
		"Exim 4.94.2":                    {"4.94.2"},
		"v5.1.1 of the program":          nil,
		"5.1.1234":                       nil,
		"3.1.1":                          nil,
		"5.1":                            nil,
		"":                               nil,
	} {
		if diff := cmp.Diff(want, findStatuses(text)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestReplyCodesAreFoundInText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"550 no":                       {"550"},
		"550-5.1.1 no\n550 5.1.1 no":   {"550", "550"},
		"said: 450: later":             {"450"},
		"#550 5.7.1 no":                {"550"},
		"ERROR_CODE :550, ":            {"550"},
		"returned '550 5.4.316 late'":  {"550"},
		"(reason: 421)":                {"421"},
		"550":                          {"550"},
		"port 45025 of 192.0.2.550":    nil,
		"5500 pages and 550x":          nil,
		"id 2022-550-1":                nil,
		"250 fine":                     nil,
		"599 is no code of this world": nil,
	} {
		if diff := cmp.Diff(want, findCodes(text)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestTheSurestStatusSaysMost(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		all  []string
		want string
	}{
		{[]string{"5.0.0", "5.1.1"}, "5.1.1"},
		{[]string{"5.2.2", "5.1.1"}, "5.2.2"},
		{[]string{"5.1.0", "5.7.1"}, "5.7.1"},
		{[]string{"", "5.0.0"}, "5.0.0"},
		{[]string{"5.0.0", "5.2.0"}, "5.2.0"},
		{nil, ""},
	} {
		if got := surest(tt.all...); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.all, got, tt.want)
		}
	}
}

func TestTheRefusedCommandIsRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]stage{
		"said: 550 no (in reply to RCPT TO command)":                   atRcpt,
		"said: 550 no (in reply to end of\n    DATA command)":          atData,
		"SMTP error from remote mail server after MAIL FROM:<a@b> S=1": atMail,
		"SMTP error from remote server after initial connection":       atConnect,
		"mx did not like our RCPT TO:\n550 no":                         atRcpt,
		"198.51.100.9 does not like recipient.":                        atRcpt,
		"Connected to 198.51.100.9 but my name was rejected.":          atHello,
		"Connected to 198.51.100.9 but sender was rejected.":           atMail,
		">>> MAIL From:<a@b>\n<<< 250 ok\n>>> DATA\n<<< 550 no":        atData,
		" In:  RCPT TO:<a@b>\n Out: 451 later":                         atRcpt,
		" --> RCPT To:<a@b>\n <-- 550 no":                              atRcpt,
		"Sent <<< RCPT TO:<a@b>\nReceived >>> 550 no":                  atRcpt,
		">>> RCPT To:<a@b>\n<<< 250 ok":                                "",
		"550 no":                                                       "",
	} {
		if got := stageOf(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
