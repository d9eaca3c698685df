package config

import (
	"fmt"
	"strings"

	wire "redigest/subscribers/mail"
)

// Warnings returns what of a valid c works, and works better otherwise.
func (c Config) Warnings() (warnings []string) {
	if w := c.straying(); w != "" {
		warnings = append(warnings, w)
	}
	return warnings
}

// straying says that mail comes back outside the domain of From. SPF then speaks
// for a domain that DMARC (RFC 7489, section 3.1.2) does not compare with it, so
// that a broken signature leaves nothing that speaks for the publisher.
func (c Config) straying() string {
	sender := c.Publication.Sender().Address
	// Read as a return path is, so that both are in A-labels.
	from, err := wire.ParseReturnPath(sender[strings.LastIndexByte(sender, '@')+1:])
	back := c.Mail.Path().Domain()
	if err != nil || back == "" || len(c.Mail.Relays) == 0 || isWithin(back, from.Domain()) {
		return ""
	}
	return fmt.Sprintf("mail.return_path: %s is not below %s, the domain of publication.from, so SPF passes for another sender than the one that readers see, and the DKIM signature alone speaks for your mail; take a domain such as bounce.%[2]s",
		back, from.Domain())
}

// isWithin reports whether a domain is parent or below it.
func isWithin(domain, parent string) bool {
	domain, parent = strings.ToLower(domain), strings.ToLower(parent)
	return domain == parent || strings.HasSuffix(domain, "."+parent)
}
