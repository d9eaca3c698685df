package mail_test

import (
	"strings"
	"testing"

	"redigest/subscribers/mail"
)

const returnToken = "jze4hwlxygo2dtjdevtxxmx6yqc56lpzgegbezljou45rzz7vdrmkca"

func TestAReturnPathIsADomainOrAMailbox(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		path, returned, leaving string
	}{
		"a domain":                    {"bounce.example.org", "b+" + returnToken + "@bounce.example.org", "u+" + returnToken + "@bounce.example.org"},
		"a domain in another script":  {"rück.example.org", "b+" + returnToken + "@xn--rck-hoa.example.org", "u+" + returnToken + "@xn--rck-hoa.example.org"},
		"a mailbox that takes a plus": {"back@example.org", "back+" + returnToken + "@example.org", "back+" + returnToken + "@example.org"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := mail.ParseReturnPath(tt.path)
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Returned(returnToken); got != tt.returned {
				t.Errorf("comes back to %s, want %s", got, tt.returned)
			}
			if got := p.Leaving(returnToken); got != tt.leaving {
				t.Errorf("leaves by %s, want %s", got, tt.leaving)
			}
			for _, address := range []string{tt.returned, tt.leaving, strings.ToUpper(tt.returned)} {
				if got, ok := p.Holds(address); !ok || got != returnToken {
					t.Errorf("Holds(%s) = %q, %t", address, got, ok)
				}
				if local, _, _ := strings.Cut(address, "@"); len(local) > 64 {
					t.Errorf("%s has a local part of %d octets", address, len(local))
				}
			}
		})
	}
}

func TestAReturnPathThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"bounce", "@example.org", "ninechars@example.org", "a+b@example.org", "b@", "bounce..example.org", "-x.example.org", "ä@example.org", "a b.example.org", strings.Repeat("long.", 40) + "example.org"} {
		if p, err := mail.ParseReturnPath(path); err == nil {
			t.Errorf("%q is taken as %+v", path, p)
		}
	}
}

func TestAReturnPathKnowsOnlyItsOwnAddresses(t *testing.T) {
	t.Parallel()
	p, err := mail.ParseReturnPath("bounce.example.org")
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{
		"", "@", "b+" + returnToken, "b+" + returnToken + "@example.org", "x+" + returnToken + "@bounce.example.org", "b@bounce.example.org",
		"b+" + returnToken[1:] + "@bounce.example.org", "b+" + strings.Repeat("1", len(returnToken)) + "@bounce.example.org", "postmaster@bounce.example.org",
	} {
		if token, ok := p.Holds(address); ok {
			t.Errorf("%q is taken for %s", address, token)
		}
	}
	if _, ok := (mail.ReturnPath{}).Holds("b+" + returnToken + "@"); ok {
		t.Error("no return path at all has an address")
	}
}

func FuzzParseReturnPath(f *testing.F) {
	for _, seed := range []string{"bounce.example.org", "back@example.org", "rück.example.org", "a@b", "@"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := mail.ParseReturnPath(text)
		if err != nil || p.IsZero() {
			return
		}
		for _, address := range []string{p.Returned(returnToken), p.Leaving(returnToken)} {
			local, _, _ := strings.Cut(address, "@")
			if got, ok := p.Holds(address); !ok || got != returnToken || len(local) > 64 || len(address) > 254 || strings.ContainsAny(address, " <>\r\n\t,\"") {
				t.Errorf("%q makes the address %q, which holds %q, %t", text, address, got, ok)
			}
		}
	})
}
