package bounce

import "testing"

func TestWordsArePlain(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"550 5.1.1 <ann@inbox.example>... User unknown":         " user unknown ",
		"550-5.7.1 The user's\n\t550 5.7.1 mailbox isn't there": " the users mailbox isnt there ",
		"blocked, see https://www.spamhaus.org/query/spam?x=1":  " blocked see www spamhaus org ",
		"(ann@inbox.example:blocked)":                           " blocked ",
		"MAIL FROM:<ann@inbox.example> SIZE=1000":               " mail from ",
		"Größe überschritten!":                                  " größe überschritten ",
		"宛先不明 です":                                               " 宛先不明 です ",
		"":                                                      " ",
		"... --- ...":                                           " ",
	} {
		if got := plainWords(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestPhrasesMatchWholeWords(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text, phrase string
		want         bool
	}{
		"a phrase":                         {"the user unknown here", "user unknown", true},
		"half a word":                      {"the superuser unknown", "user unknown", false},
		"half a word at the end":           {"user unknowns", "user unknown", false},
		"the second time":                  {"users user unknown", "user unknown", true},
		"words between":                    {"user ann of inbox not found", "user .. not found", true},
		"no words between":                 {"user not found", "user .. not found", true},
		"too many words between":           {"user a b c d e f g not found", "user .. not found", false},
		"the wrong order":                  {"not found the user", "user .. not found", false},
		"the beginning of a word":          {"quota exceeded", "quota exceed-", true},
		"the beginning of the first word":  {"undeliverable mail", "undeliver- mail", true},
		"not the middle of the first word": {"an undeliverable", "deliver-", false},
		"no space between words":           {"この宛先不明です", "宛先不明", true},
		"more than there is":               {"user", "user .. not found", false},
	}
	for name, tt := range tests {
		if got := says(plainWords(tt.text), tt.phrase); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
