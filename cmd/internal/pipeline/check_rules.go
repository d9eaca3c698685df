package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"redigest/subscribers/mail"
)

// longestSubject is how many characters of a subject mail clients show at a
// desk; on a phone it is fewer.
const longestSubject = 60

// sizeOf finds a part that is clipped, and with it the link to leave.
func sizeOf(e examined) []Finding {
	size := len(e.html.source)
	if size <= maxSize {
		return nil
	}
	return []Finding{{Stop, CheckSize, e.html.name,
		fmt.Sprintf("it has %d kB, and Gmail clips what is beyond %d kB, the link to leave with it", (size+999)/1000, maxSize/1000),
		"make the lead shorter, lower digest.max_stories or, if they are your own, make the templates smaller"}}
}

// emptiness finds a part in which no story is told.
func emptiness(e examined) (found []Finding) {
	for _, p := range e.parts() {
		told := func(title string) bool { return letters(title) == "" || p.shows(title) }
		isTold := false
		for _, place := range e.Issue.Stories {
			isTold = isTold || told(place.Title)
		}
		if !isTold {
			found = append(found, Finding{Stop, CheckEmpty, p.name, "it shows none of the stories",
				"if the templates are your own, look whether they print the sections of the issue"})
		}
	}
	return found
}

func subjectOf(e examined) []Finding {
	subject := strings.TrimSpace(e.Issue.Subject)
	count := utf8.RuneCountInString(subject)
	start, _, isReply := strings.Cut(strings.ToLower(subject), ":")
	switch {
	case subject == "":
		return []Finding{{Stop, CheckSubject, "the subject", "it is empty", "give the lead a title"}}
	case count > longestSubject:
		return []Finding{{Warning, CheckSubject, "the subject",
			fmt.Sprintf("it has %d characters, and mail clients show %d", count, longestSubject), "give the lead a shorter title"}}
	case isReply && slices.Contains([]string{"re", "fw", "fwd", "aw", "wg"}, start):
		return []Finding{{Warning, CheckSubject, "the subject", "it looks like that of an answer or of forwarded mail", "give the lead another title"}}
	}
	return nil
}

// leaving finds a part without the link by which its reader leaves.
func leaving(e examined) (found []Finding) {
	for _, p := range e.parts() {
		if e.Frame.UnsubscribeURL == "" || !p.leadsTo(e.Frame.UnsubscribeURL) {
			found = append(found, Finding{Stop, CheckUnsubscribe, p.name, "it has no link to leave",
				"if the templates are your own, print .UnsubscribeURL as a link"})
		}
	}
	return found
}

// postalAddress finds a part that does not say where the publisher is. That is
// wanted where there are readers.
func postalAddress(e examined) (found []Finding) {
	severity := Warning
	if e.Leaves {
		severity = Stop
	}
	if letters(e.Frame.PostalAddress) == "" {
		return []Finding{{severity, CheckAddress, "both parts", "they do not show the publisher's postal address",
			"set publication.postal_address"}}
	}
	for _, p := range e.parts() {
		for line := range strings.Lines(e.Frame.PostalAddress) {
			if !p.shows(line) {
				found = append(found, Finding{severity, CheckAddress, p.name,
					"it does not show the publisher's postal address: “" + strings.TrimSpace(line) + "” is missing",
					"if the templates are your own, print .Publication.PostalAddress"})
				break
			}
		}
	}
	return found
}

// pictures finds pictures that say nothing to who does not see them, as most
// readers of mail do not at first.
func pictures(e examined) (found []Finding) {
	for _, source := range e.html.mute {
		found = append(found, Finding{Warning, CheckAlt, e.html.name, "the picture " + source + " has no alt text",
			"describe it in alt, or write alt=\"\" where it only decorates"})
	}
	return found
}

// places finds where the place of a reader's own link or day is no longer whole,
// so that it is not filled in: a line was broken in it, or its letters changed.
func places(e examined) (found []Finding) {
	for _, p := range e.parts() {
		for _, place := range []string{mail.TokenPlace, mail.SincePlace} {
			if hasPieces(p.source, place) {
				found = append(found, Finding{Stop, CheckPlace, p.name, "the place of a reader's own link or day is changed, and would be mailed as it is",
					"if the templates are your own, print .UnsubscribeURL and .Since as they are"})
			}
		}
	}
	return found
}

// hasPieces reports whether place stands in source in another form too. Of a
// long one its beginning gives it away.
func hasPieces(source, place string) bool {
	rest := strings.ReplaceAll(source, place, "\x00")
	rest = strings.ToLower(strings.Join(strings.Fields(rest), ""))
	return strings.Contains(rest, place[:min(len(place), 20)])
}
