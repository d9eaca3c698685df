package bounce

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAddressesAreFoundInText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"<ann@inbox.example>: no":                       {"ann@inbox.example"},
		"to ann@inbox.example.":                         {"ann@inbox.example"},
		"'ann@inbox.example'":                           {"ann@inbox.example"},
		"ann+gulls=x@inbox.example, bob@[192.0.2.1]":    {"ann+gulls=x@inbox.example", "bob@[192.0.2.1]"},
		`"ann lee"@inbox.example`:                       {`"ann lee"@inbox.example`},
		"jörg@bücher.example said":                      {"jörg@bücher.example"},
		"ann@inbox.example<mailto:ann@inbox.example>":   {"ann@inbox.example"},
		"rfc822;ann@inbox.example":                      {"ann@inbox.example"},
		"@inbox.example ann@ @ x@-":                     nil,
		"ann@inbox.example;bob@inbox.example|pipe@home": {"ann@inbox.example", "bob@inbox.example"},
	} {
		got := findAddresses(text)
		if len(got) > len(want) && len(want) > 0 {
			got = got[:len(want)]
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestRecipientsAreThoseNamedMostSurely(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		notice string
		want   []string
	}{
		"an entry before a sentence":      {"Ask help@relay.example.\n\n<ann@inbox.example>: no\n", []string{"ann@inbox.example"}},
		"a list that is announced":        {"A message sent by\n\n  <us@publisher.example>\n\ncould not be delivered. The following\naddress(es) failed:\n\n  ann@inbox.example\n    no\n  bob@inbox.example\n    no\n", []string{"ann@inbox.example", "bob@inbox.example"}},
		"a sentence":                      {"We could not deliver your mail to <ann@inbox.example>.\nContact help@relay.example.\n", []string{"ann@inbox.example"}},
		"a label":                         {"Recipient: ann@inbox.example\nReason: no\n", []string{"ann@inbox.example"}},
		"a transcript":                    {"550 <ann@inbox.example>... User unknown\n", []string{"ann@inbox.example"}},
		"a wish to be written to is none": {"Your mail to ann@inbox.example was refused. Please contact bob@inbox.example\n", []string{"ann@inbox.example"}},
		"a numbered list":                 {"Undeliverable to:\n1. ann@inbox.example\n2) bob@inbox.example\n", []string{"ann@inbox.example", "bob@inbox.example"}},
		"the same one twice":              {"<ann@inbox.example>: no\n<Ann@inbox.example>: still no\n", []string{"ann@inbox.example"}},
		"quoted header lines":             {"From: us@publisher.example\nTo: ann@inbox.example, bob@inbox.example\n\n<ann@inbox.example>: no\n", []string{"ann@inbox.example"}},
	}
	for name, tt := range tests {
		got := readNotice(tt.notice).recipients(told, func(string) bool { return false })
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestWhatIsSaidAboutAnAddressEndsAtTheNext(t *testing.T) {
	t.Parallel()
	n := readNotice("<ann@inbox.example>:\nnever heard\nof her\n<bob@inbox.example>: full\n\nGoodbye.\n")
	if got := n.about("ANN@inbox.example"); got != "<ann@inbox.example>:\nnever heard\nof her\n" {
		t.Errorf("%q", got)
	}
	if got := n.about("bob@inbox.example"); got != "<bob@inbox.example>: full\n" {
		t.Errorf("%q", got)
	}
}
