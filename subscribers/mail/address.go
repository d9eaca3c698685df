package mail

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Limits of RFC 5321 section 4.5.3.1: a path of 256 octets holds its brackets.
const (
	maxLocal   = 64
	maxAddress = 254
	maxLabel   = 63
)

// NeedsSMTPUTF8 reports whether only a relay that offers SMTPUTF8 can take mail
// for an address: its local part is not ASCII. A domain never needs it, for it
// is written in A-labels.
func NeedsSMTPUTF8(address string) bool {
	local := address[:max(0, strings.LastIndexByte(address, '@'))]
	return !isASCII(local)
}

// onTheWire returns an address as header and envelope hold it: the domain in
// A-labels, the local part untouched. It allocates only for a domain that is
// not ASCII. What it returns has no octet that could end a line, a bracket or
// a command.
func onTheWire(address string) (string, error) {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return "", errors.New("an address has an @")
	}
	local, domain := address[:at], address[at+1:]
	if err := checkLocal(local); err != nil {
		return "", err
	}
	if !isASCII(domain) {
		ascii, err := idna.Lookup.ToASCII(domain)
		if err != nil {
			return "", fmt.Errorf("its domain: %w", err)
		}
		domain, address = ascii, local+"@"+ascii
	}
	if err := checkDomain(domain); err != nil {
		return "", err
	}
	if len(address) > maxAddress {
		return "", fmt.Errorf("it is longer than %d octets", maxAddress)
	}
	return address, nil
}

// checkLocal accepts a dot-atom (RFC 5322 section 3.2.3, RFC 6532 section 3.2).
// Quoted local parts are not mailed to: hardly any exist, and many relays read
// them wrongly.
func checkLocal(local string) error {
	if local == "" || len(local) > maxLocal {
		return fmt.Errorf("before its @ stand 1 to %d octets", maxLocal)
	}
	if local[0] == '.' || local[len(local)-1] == '.' || strings.Contains(local, "..") {
		return errors.New("before its @ a dot stands between other characters")
	}
	for i, r := range local {
		if !isAtext(r) && r != '.' || r == utf8.RuneError && !strings.HasPrefix(local[i:], "\uFFFD") {
			return fmt.Errorf("%q cannot stand before its @", r)
		}
	}
	return nil
}

func isAtext(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9':
		return true
	case r < utf8.RuneSelf:
		return strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
	}
	return unicode.IsPrint(r) // neither controls nor format characters nor spaces
}

func checkDomain(domain string) error {
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || len(label) > maxLabel || label[0] == '-' || label[len(label)-1] == '-' {
			return errors.New("its domain is not a host name")
		}
		for i := range len(label) {
			if c := label[i]; !isLetterOrDigit(c) && c != '-' {
				return fmt.Errorf("%q cannot stand in its domain", c)
			}
		}
	}
	return nil
}

func isLetterOrDigit(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// badRecipient is the answer for an address that cannot be mailed: the next
// server would give the same, so it is not asked.
func badRecipient(address string, err error) *Refusal {
	return &Refusal{Stage: StageRcpt, Local: true, Reply: Reply{
		Code: 553, Enhanced: "5.1.3", Text: cut(fmt.Sprintf("%q is not an address: %v", address, err), maxReplyText),
	}}
}
