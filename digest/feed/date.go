package feed

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"redigest/digest"
)

// dayLayouts name a day and no time. Those in which day and month could be
// taken for one another are left out.
var dayLayouts = []string{
	"2006-01-02", "2006/01/02", "2006.01.02", "20060102", "2.1.2006", "Jan 2 2006", "2 Jan 2006", "2-Jan-2006",
}

// clockLayouts name a day and a time, but no zone.
var clockLayouts = []string{
	"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2.1.2006 15:04", "2.1.2006 15:04:05",
	"Jan 2 2006 3:04 PM", "Jan 2 2006 3:04:05 PM", "Jan 2 2006 15:04", "Jan 2 2006 15:04:05",
	"2 Jan 2006 3:04 PM", "2 Jan 2006 15:04", "2 Jan 2006 15:04:05",
}

// zonedLayouts name a moment.
var zonedLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z07:00",
	"2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 UTC", "2006-01-02 15:04 Z07:00", "2006-01-02 15:04 -0700",
	"2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04 -0700", "2 Jan 2006 15:04:05 UTC", "2 Jan 2006 15:04:05 GMT",
}

// readDate reads a date as people and programs write it. One without a time is
// noon of its day in zone, and dateOnly is set; one without a zone is in zone.
func readDate(s string, zone *time.Location) (t time.Time, dateOnly, ok bool) {
	s = tidyDate(s)
	for _, layout := range dayLayouts {
		if t, err := time.Parse(layout, s); err == nil && plausible(t) {
			return digest.DayOf(t).Noon(zone), true, true
		}
	}
	for _, layout := range zonedLayouts {
		if t, err := time.Parse(layout, s); err == nil && plausible(t) {
			return t, false, true
		}
	}
	for _, layout := range clockLayouts {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil && plausible(t) {
			return t, false, true
		}
	}
	return time.Time{}, false, false
}

// plausible reports whether t can be the date of a story: programs write the
// years 1 and 1970 for dates they do not know.
func plausible(t time.Time) bool { return t.Year() > 1990 && t.Year() < 2200 }

var (
	ordinal = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th|\.)$`)
	halfDay = regexp.MustCompile(`(?i)(\d) ?([ap])\.?m\.?$`)
)

// monthNames are the months in the languages that feeds are seen in.
var monthNames = map[string][]string{
	"Jan": {"jan", "january", "januar", "janvier", "janv", "enero", "ene", "gennaio", "gen", "janeiro"},
	"Feb": {"feb", "february", "februar", "février", "févr", "febrero", "febbraio", "fevereiro", "fev"},
	"Mar": {"mar", "march", "märz", "mär", "mars", "marzo", "março"},
	"Apr": {"apr", "april", "avril", "avr", "abril", "abr", "aprile"},
	"May": {"may", "mai", "mayo", "maggio", "mag", "maio"},
	"Jun": {"jun", "june", "juni", "juin", "junio", "giugno", "giu", "junho"},
	"Jul": {"jul", "july", "juli", "juillet", "juil", "julio", "luglio", "lug", "julho"},
	"Aug": {"aug", "august", "août", "agosto", "ago"},
	"Sep": {"sep", "sept", "september", "septembre", "septiembre", "settembre", "set", "setembro"},
	"Oct": {"oct", "october", "oktober", "okt", "octobre", "octubre", "ottobre", "ott", "outubro", "out"},
	"Nov": {"nov", "november", "novembre", "noviembre", "novembro"},
	"Dec": {"dec", "december", "dezember", "dez", "décembre", "déc", "diciembre", "dic", "dicembre", "dezembro"},
}

// monthOf returns the English short form of a month's name, "" if it is none.
func monthOf(word string) string {
	word = strings.ToLower(strings.TrimRight(word, "."))
	for short, names := range monthNames {
		for _, name := range names {
			if name == word {
				return short
			}
		}
	}
	return ""
}

func isMonth(word string) bool { return monthOf(word) != "" }

// tidyDate brings the many ways to write one date nearer to one another: no
// weekday, no commas, short English months.
func tidyDate(s string) string {
	words := strings.Fields(strings.ReplaceAll(fold(s), ",", " "))
	if len(words) > 8 {
		return ""
	}
	if len(words) > 2 && isWord(words[0]) && (monthOf(words[0]) == "" || slices.ContainsFunc(words[1:], isMonth)) {
		words = words[1:] // a weekday; “mar” is one where another month follows
	}
	var out []string
	for i, word := range words {
		switch short := monthOf(word); {
		case short != "":
			word = short
		case i > 0 && (word == "at" || word == "@" || word == "–" || word == "-"):
			continue
		}
		out = append(out, ordinal.ReplaceAllString(word, "$1"))
	}
	s = strings.Join(out, " ")
	if m := halfDay.FindStringSubmatch(s); m != nil {
		s = halfDay.ReplaceAllString(s, m[1]+" "+strings.ToUpper(m[2])+"M")
	}
	return s
}

// isWord reports whether s is a name, as of a weekday.
func isWord(s string) bool {
	return s != "" && strings.IndexFunc(strings.TrimRight(s, "."), func(r rune) bool { return !unicode.IsLetter(r) }) < 0
}

// zone returns where dates without a time are noon.
func (o Options) zone() *time.Location {
	if o.Zone == nil {
		return time.UTC
	}
	return o.Zone
}
