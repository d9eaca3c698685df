package subscribers

import (
	"fmt"
	"slices"
	"strings"
)

// Columns in which other programs say who has left, or never agreed. Names are
// folded as columnName does. Services name them freely, so a name that contains
// one of the first is enough; it is better to ask once too often than to mail
// somebody who left.
var (
	leftNameParts = []string{"status", "statut", "estado", "stato", "unsub", "desabonn", "abgemeldet", "bounce", "complain", "optout", "optedout",
		"blacklist", "blocklist", "suppress", "undeliver", "disabled", "cleantime", "cleaned", "cleancampaign", "subscribedto", "deletedat",
		"removedat", "unconfirmed", "marketing"}
	leftNames = []string{"state", "active", "isactive", "subscribed", "issubscribed", "confirmed", "isconfirmed", "verified", "optin", "consent",
		"newsletter", "deleted", "enabled"}
	leftWords = []string{"unsubscribed", "unsubscribe", "bounced", "hardbounced", "softbounced", "complained", "blocklisted", "blacklisted",
		"cleaned", "inactive", "cancelled", "canceled", "optedout", "optout", "unconfirmed", "suppressed", "undeliverable", "abgemeldet"}

	// leftFileParts are in the names of files that services write of those
	// alone: unsubscribed_segment_export.csv, cleaned_members.csv.
	leftFileParts = []string{"unsub", "nonsubscri", "notsubscri", "desabonn", "abgemeldet", "abmeldung", "bounce", "cleaned", "complain",
		"optout", "optedout", "blacklist", "blocklist", "suppress", "undeliver", "unconfirmed", "inactive", "cancelled", "canceled"}
)

// isLeftFile reports whether a file by its name lists people who left.
func isLeftFile(name string) bool {
	name = columnName(fileName(name))
	return slices.ContainsFunc(leftFileParts, func(part string) bool { return strings.Contains(name, part) })
}

// fileName returns the last part of a path, of whichever system.
func fileName(path string) string { return path[strings.LastIndexAny(path, `/\`)+1:] }

// tellsWhoLeft returns where and how a table that is not ours tells who has
// left; nothing when it does not.
func (t table) tellsWhoLeft() string {
	for i, r := range t.records {
		for _, cell := range r.cells {
			word := columnName(cell)
			switch {
			case i == 0 && len(r.addresses()) == 0 && isLeftName(word):
				return fmt.Sprintf("the column “%s”", clip(strings.TrimSpace(cell), 80))
			case slices.Contains(leftWords, word) && !strings.Contains(cell, "@"):
				return fmt.Sprintf("line %d says “%s”", r.line, clip(strings.TrimSpace(cell), 80))
			}
		}
	}
	return ""
}

func isLeftName(name string) bool {
	return slices.Contains(leftNames, name) || slices.ContainsFunc(leftNameParts, func(part string) bool { return strings.Contains(name, part) })
}
