package bounce

import "testing"

func TestFieldsOfAReportAreGrouped(t *testing.T) {
	t.Parallel()
	const one, two = "Final-Recipient: rfc822; ann@inbox.example\nAction: failed\nStatus: 5.1.1\n", "Final-Recipient: rfc822; bob@inbox.example\nAction: failed\nStatus: 5.2.2\n"
	for name, text := range map[string]string{
		"by the book":               "Reporting-MTA: dns; x\n\n" + one + "\n" + two,
		"without empty lines":       "Reporting-MTA: dns; x\n" + one + two,
		"with too many":             "\n\nReporting-MTA: dns; x\n\n\n" + one + "\n\n" + two,
		"with empty lines within":   "Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; ann@inbox.example\n\nAction: failed\nStatus: 5.1.1\n" + two,
		"with lines that are none":  "This is the report.\n" + one + "\n~~~\n" + two,
		"with the action above":     "Action: failed\nFinal-Recipient: rfc822; ann@inbox.example\nStatus: 5.1.1\n\nAction: failed\nFinal-Recipient: rfc822; bob@inbox.example\nStatus: 5.2.2\n",
		"with the original as well": "Original-Recipient: rfc822;a@x.example\n" + one + "\nOriginal-Recipient: rfc822;b@x.example\n" + two,
	} {
		_, got := readStatus(text)
		if len(got) != 2 || got[0].recipient != "ann@inbox.example" || got[1].recipient != "bob@inbox.example" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestAddressesOfAReportHaveATypeBeforeThem(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"rfc822; ann@inbox.example":               "ann@inbox.example",
		"RFC822;<ann@inbox.example>":              "ann@inbox.example",
		"ann@inbox.example":                       "ann@inbox.example",
		`utf-8; j\x{F6}rg@inbox.example`:          "jörg@inbox.example",
		`utf-8; \x{110000000}\x{}x@inbox.example`: `x{}x@inbox.example`,
		"rfc822; |/bin/heron":                     "|/bin/heron",
		"":                                        "",
	} {
		if got := mailbox(value); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

func TestAnActionNobodyKnowsIsAFailure(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{"failed": Failed, "Failed (for good)": Failed, "DELAYED": Delayed, "relayed": Relayed, "undeliverable": Failed, "": Failed} {
		_, got := readStatus("Final-Recipient: rfc822; ann@inbox.example\nStatus: 5.1.1\nAction: " + said + "\n")
		if len(got) != 1 || got[0].action != want {
			t.Errorf("%q: %+v", said, got)
		}
	}
}

// A program that the mail was piped into is no address; whom it was sent to
// says the other field.
func TestTheOriginalRecipientStandsInForNone(t *testing.T) {
	t.Parallel()
	_, got := readStatus("Final-Recipient: rfc822; |/bin/heron\nOriginal-Recipient: rfc822; ann@inbox.example\nAction: failed\nStatus: 5.3.0\n")
	if len(got) != 1 || got[0].recipient != "ann@inbox.example" {
		t.Errorf("%+v", got)
	}
}
