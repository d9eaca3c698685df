package config

import "testing"

func TestAReturnPathOutsideTheDomainOfFromIsWarnedOf(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		from, path string
		warned     bool
	}{
		"below it":                       {"daily@rare.news", "bounce.rare.news", false},
		"far below it":                   {"daily@rare.news", "back@b.mail.rare.news", false},
		"the same":                       {"The Daily <daily@Rare.News>", "back@rare.news", false},
		"in other letters":               {"daily@seltene-erden-für-alle.de", "bounce.xn--seltene-erden-fr-alle-nic.de", false},
		"another":                        {"daily@rare.news", "bounce.provider.net", true},
		"one that only ends like it":     {"daily@rare.news", "bounce.very-rare.news", true},
		"beside it":                      {"daily@daily.rare.news", "bounce.rare.news", true},
		"above it":                       {"daily@daily.rare.news", "rare.news", true},
		"none":                           {"daily@rare.news", "", false},
		"a From that has no domain name": {"daily@localhost", "bounce.rare.news", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := Default()
			c.Publication.From, c.Mail.ReturnPath = tt.from, tt.path
			c.Mail.Relays = []Relay{{URL: "smtp+plain://127.0.0.1:25"}}
			if got := c.Warnings(); len(got) > 0 != tt.warned {
				t.Errorf("the warnings are %q", got)
			}
			c.Mail.Relays = nil
			if got := c.Warnings(); len(got) > 0 {
				t.Errorf("with no mail leaving the warnings are %q", got)
			}
		})
	}
}
