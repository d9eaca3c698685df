package templates

import (
	"strings"
	"testing"

	"redigest/templates/golden"
)

var confirmation = ConfirmationMail{
	Publication: Publication{
		Name:          "Rare Earth Daily",
		Tagline:       "What moved in rare earths, in three minutes",
		URL:           "https://daily.example.org/",
		Language:      "en",
		PostalAddress: "Example Press Ltd\n12 Quarry Road\n1234 Ytterby",
		ImprintURL:    "https://daily.example.org/imprint",
	},
	Subject:    "Confirm your subscription to Rare Earth Daily",
	HowOften:   "every day",
	ConfirmURL: "https://digest.example.org/confirm/abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrs",
	ValidDays:  7,
}

func confirmationParts(t *testing.T, m ConfirmationMail) (html, text string) {
	t.Helper()
	html, err := Default().ConfirmationHTML(m)
	if err != nil {
		t.Fatal(err)
	}
	text, err = Default().ConfirmationText(m)
	if err != nil {
		t.Fatal(err)
	}
	return html, text
}

func TestConfirmationLooksAsItDid(t *testing.T) {
	t.Parallel()
	html, text := confirmationParts(t, confirmation)
	golden.Check(t, "confirmation.html", html)
	golden.Check(t, "confirmation.txt", text)
}

func TestConfirmationSaysWhoWhatHowOftenAndWhatToDo(t *testing.T) {
	t.Parallel()
	html, text := confirmationParts(t, confirmation)
	for part, body := range map[string]string{"HTML": html, "text": text} {
		if n := strings.Count(body, confirmation.ConfirmURL); n != 1 {
			t.Errorf("%s part has the link %d times, want once", part, n)
		}
		for _, want := range []string{
			"Rare Earth Daily", "What moved in rare earths, in three minutes", "every day", "7 days",
			"If it was not you, ignore this mail", "Example Press Ltd, 12 Quarry Road, 1234 Ytterby",
		} {
			if !strings.Contains(strings.Join(strings.Fields(body), " "), want) {
				t.Errorf("%s part does not say %q", part, want)
			}
		}
	}
}

func TestWhatIsEmptyIsNotPrinted(t *testing.T) {
	t.Parallel()
	bare := ConfirmationMail{Publication: Publication{Name: "Bare"}, HowOften: "every day", ConfirmURL: "https://a.example/confirm/x"}
	html, text := confirmationParts(t, bare)
	golden.Check(t, "bare.html", html)
	golden.Check(t, "bare.txt", text)
}

func TestPublicationNamesItsLanguageAndDirection(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ lang, dir string }{
		"":        {"en", "ltr"},
		"de":      {"de", "ltr"},
		"zh-Hant": {"zh-Hant", "ltr"},
		"ar":      {"ar", "rtl"},
		"FA-IR":   {"FA-IR", "rtl"},
		"he":      {"he", "rtl"},
	}
	for language, want := range tests {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			p := Publication{Language: language}
			if p.Lang() != want.lang || p.Dir() != want.dir {
				t.Errorf("%q is %s, %s; want %s, %s", language, p.Lang(), p.Dir(), want.lang, want.dir)
			}
		})
	}
}

func TestTextPartsAreTidy(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"no blanks at line ends":                  {"a \t\nb ", "a\nb\n"},
		"two empty lines at most":                 {"a\n\n\n\n\nb", "a\n\n\nb\n"},
		"“From ” stays at the margin":             {"From Monday on\n- From", "From Monday on\n- From\n"},
		"the mark of a signature keeps its blank": {"a\n-- \nb", "a\n-- \nb\n"},
		"nothing above and below":                 {"\n\na\n\n", "a\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tidyText(test.text); got != test.want {
				t.Errorf("tidyText(%q) = %q, want %q", test.text, got, test.want)
			}
		})
	}
}
