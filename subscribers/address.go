package subscribers

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// ErrAddress means that a text is not an address that mail can be sent to. The
// error that wraps it says what is wrong, in words for whoever typed it.
var ErrAddress = errors.New("not an email address")

// An Address is an email address that Internet mail can be sent to, in the
// forms that are needed of it. Only [ParseAddress] makes one.
type Address struct {
	// Typed is the address as its owner writes it, for people to read.
	Typed string

	// Key names the mailbox: two addresses with one key are one mailbox to us.
	// It is the local part in lower case and the domain in A-labels. Dots and
	// +tags stay: what they mean is the receiving server's business.
	Key string

	Local  string // what stands before the @, in the case it was typed in
	Domain string // in A-labels (RFC 5890), lower case
}

// The limits of RFC 5321 §4.5.3.1 and RFC 1035 §2.3.4, in octets.
const (
	maxLocal   = 64
	maxAddress = 254 // a path is 256 with its angle brackets
	maxLabel   = 63
)

// ParseAddress reads one address, with nothing but white space around it. It
// takes what a server on the Internet can be reached by, so no quoted local
// part, no literal such as [192.0.2.1], and no domain without a dot.
func ParseAddress(s string) (Address, error) {
	s = strings.TrimSpace(s)
	if fault := visibleFault(s); fault != "" {
		return Address{}, addressError(s, fault)
	}
	s = norm.NFC.String(s)
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return Address{}, addressError(s, "there is no @ in it")
	}
	local := s[:at]
	if fault := localFault(local); fault != "" {
		return Address{}, addressError(s, fault)
	}
	domain, fault := asciiDomain(s[at+1:])
	if fault == "" && len(local)+1+len(domain) > maxAddress {
		fault = fmt.Sprintf("it is longer than %d characters", maxAddress)
	}
	if fault == "" && !isPlain(local+"@"+domain) {
		fault = "it is not of the form name@domain"
	}
	if fault != "" {
		return Address{}, addressError(s, fault)
	}
	// Lower case may come out decomposed.
	key := norm.NFC.String(strings.ToLower(local)) + "@" + domain
	return Address{Typed: s, Key: key, Local: local, Domain: domain}, nil
}

// Envelope returns the address as SMTP needs it, with the domain in A-labels.
func (a Address) Envelope() string { return a.Local + "@" + a.Domain }

func addressError(s, fault string) error {
	return fmt.Errorf("%w: “%s”: %s", ErrAddress, clip(strings.ToValidUTF8(s, "�"), 80), fault)
}

// isPlain asks the standard library as a second lock.
func isPlain(s string) bool {
	parsed, err := mail.ParseAddress(s)
	return err == nil && parsed.Address == s && parsed.Name == ""
}

// visibleFault says what keeps s from being read at all. What cannot be seen
// makes two addresses look alike, or breaks a line of the protocol.
func visibleFault(s string) string {
	switch {
	case s == "":
		return "nothing was given"
	case len(s) > 4*maxAddress:
		return fmt.Sprintf("it is longer than %d characters", maxAddress)
	case !utf8.ValidString(s):
		return "it is not UTF-8 text"
	}
	for _, r := range s {
		if unicode.IsSpace(r) {
			return "there is a space in it"
		}
		if !unicode.IsGraphic(r) {
			return fmt.Sprintf("there is a character in it that cannot be seen (U+%04X)", r)
		}
	}
	return ""
}

// localFault says what is wrong with the part before the @ (RFC 5321 §4.1.2,
// RFC 6531 §3.3).
func localFault(local string) string {
	switch {
	case local == "":
		return "there is nothing before the @"
	case strings.HasPrefix(local, `"`):
		return "the part before the @ is in quotes, which most mail servers refuse"
	case strings.Contains(local, "@"):
		return "there is more than one @ in it"
	case len(local) > maxLocal:
		return fmt.Sprintf("the part before the @ is longer than %d characters", maxLocal)
	case strings.HasPrefix(local, "."), strings.HasSuffix(local, "."):
		return "the part before the @ begins or ends with a dot"
	case strings.Contains(local, ".."):
		return "there are two dots together before the @"
	}
	for _, r := range local {
		if r != '.' && !isAtext(r) {
			return fmt.Sprintf("there is a “%c” before the @", r)
		}
	}
	return ""
}

// isAtext reports whether r may stand in a local part: RFC 5322 §3.2.3 and, as
// RFC 6532 §3.2 extends it, everything beyond ASCII.
func isAtext(r rune) bool {
	return r >= utf8.RuneSelf || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' ||
		strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
}

// asciiDomain returns the A-label form of the part after the @, or what is
// wrong with it.
func asciiDomain(typed string) (domain, fault string) {
	switch {
	case typed == "":
		return "", "there is nothing after the @"
	case strings.HasPrefix(typed, "["):
		return "", "the part after the @ is a number of a computer, not a domain"
	}
	domain, err := idna.Lookup.ToASCII(typed)
	if err == nil {
		// Some names are mapped to A-labels that are none, such as those whose
		// letters run in two directions.
		_, err = idna.Lookup.ToASCII(domain)
	}
	if err != nil {
		return "", "the part after the @ is not a domain name"
	}
	labels := strings.Split(domain, ".")
	for _, label := range labels {
		switch {
		case label == "":
			return "", "the part after the @ has a dot too many"
		case len(label) > maxLabel:
			return "", fmt.Sprintf("the part after the @ has more than %d characters between two dots", maxLabel)
		}
	}
	switch last := labels[len(labels)-1]; {
	case len(labels) == 1:
		return "", "the part after the @ has no dot"
	case strings.Trim(last, "0123456789") == "":
		return "", "the part after the @ ends in a number, which no domain does"
	}
	return domain, ""
}

// Masked returns an address in the form that a page may show to whoever holds
// a link: its owner knows it again, others learn little (a…z@e…e.org).
func Masked(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return "…"
	}
	host, top := address[at+1:], ""
	if dot := strings.LastIndexByte(host, '.'); dot >= 0 {
		host, top = host[:dot], host[dot:]
	}
	return maskedPart(address[:at]) + "@" + maskedPart(host) + top
}

// maskedPart keeps the first and the last character where that hides enough.
func maskedPart(s string) string {
	r := []rune(s)
	switch {
	case len(r) < 2:
		return "…"
	case len(r) < 4:
		return string(r[0]) + "…"
	}
	return string(r[0]) + "…" + string(r[len(r)-1])
}
