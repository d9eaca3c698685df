package mail

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/net/idna"
)

// What stands before the token in the addresses of a return path that is a
// domain.
const (
	returnedName = "b"
	leavingName  = "u"
)

// tokenSign is between a name and its token, as mail servers take it for the
// beginning of a detail (RFC 5233).
const tokenSign = "+"

// A ReturnPath is where mail arrives that comes back to us: returned mails and
// complaints, each at an address that holds its own token, so that nothing in
// them has to be believed. Its zero value is none.
type ReturnPath struct {
	returned, leaving string // what stands before the token
	domain            string // in A-labels
}

// ParseReturnPath reads the domain at which mail comes back, such as
// bounce.example.org: to b+TOKEN@ there, and to u+TOKEN@ from those who leave.
// Or it reads one mailbox there that takes mail for whatever stands behind a
// plus, such as back@example.org: then both come to back+TOKEN@. Empty is none.
func ParseReturnPath(s string) (ReturnPath, error) {
	if s == "" {
		return ReturnPath{}, nil
	}
	p := ReturnPath{returned: returnedName, leaving: leavingName, domain: s}
	if name, domain, ok := strings.Cut(s, "@"); ok {
		p = ReturnPath{returned: name, leaving: name, domain: domain}
		// RFC 5321 section 4.5.3.1.1: a local part has at most 64 octets.
		const room = maxLocal - len(TokenPlace) - len(tokenSign)
		if len(name) > room {
			return ReturnPath{}, fmt.Errorf("before the @ may stand %d letters at most, for a token of %d follows them; name the domain alone or a shorter mailbox", room, len(TokenPlace))
		}
		if err := checkLocal(name); err != nil || !isASCII(name) || strings.Contains(name, tokenSign) {
			return ReturnPath{}, errors.New("before the @ stands the name of a mailbox, without a plus")
		}
	}
	ascii, err := idna.Lookup.ToASCII(p.domain)
	if err == nil {
		err = checkDomain(ascii)
	}
	if err != nil || !strings.Contains(ascii, ".") || len(ascii) > maxAddress-maxLocal-len("@") {
		return ReturnPath{}, fmt.Errorf("%q is not a domain, such as bounce.example.org", p.domain)
	}
	p.domain = ascii
	return p, nil
}

// IsZero reports whether there is no return path.
func (p ReturnPath) IsZero() bool { return p.domain == "" }

// Domain returns where it is, in A-labels.
func (p ReturnPath) Domain() string { return p.domain }

// Returned returns the address to which the mail with this token comes back.
func (p ReturnPath) Returned(token string) string {
	return p.returned + tokenSign + token + "@" + p.domain
}

// Leaving returns the address by mail to which the one with this token leaves.
func (p ReturnPath) Leaving(token string) string {
	return p.leaving + tokenSign + token + "@" + p.domain
}

// Holds reports whether an address could be one that this path has made, at
// any case of its letters, and returns its token.
func (p ReturnPath) Holds(address string) (token string, ok bool) {
	at := strings.LastIndexByte(address, '@')
	if p.IsZero() || at < 0 || !strings.EqualFold(address[at+1:], p.domain) {
		return "", false
	}
	name, token, ok := strings.Cut(address[:at], tokenSign)
	ok = ok && (strings.EqualFold(name, p.returned) || strings.EqualFold(name, p.leaving))
	token = strings.ToLower(token)
	return token, ok && isToken(token)
}
