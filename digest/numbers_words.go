package digest

import (
	"math"
	"strconv"
	"strings"
)

// A numberStyle is how a language writes numbers and short dates.
type numberStyle struct {
	group, point string
	least        int    // digits before the point from which on they are grouped
	percent      string // the sign, with what stands before it

	months string // short names, in order; empty: date writes the month's number
	date   string // D, M and Y stand for the parts; without a year, Y goes and what joins it
}

const (
	noBreakSpace = "\u00A0"
	minusSign    = "−"
)

// styleOf returns how numbers are written in the language of a BCP 47 tag, or
// in English when that is not known.
func styleOf(language string) numberStyle {
	base, region, _ := strings.Cut(strings.ToLower(language), "-")
	english := numberStyle{",", ".", 4, "%", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", "D M Y"}
	switch base {
	case "en":
		if strings.HasSuffix("-"+region, "-us") {
			english.date = "M D, Y"
		}
	case "de":
		return numberStyle{".", ",", 4, noBreakSpace + "%", "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.", "D. M Y"}
	case "fr":
		return numberStyle{noBreakSpace, ",", 4, noBreakSpace + "%", "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.", "D M Y"}
	case "es":
		return numberStyle{".", ",", 5, noBreakSpace + "%", "ene feb mar abr may jun jul ago sept oct nov dic", "D M Y"}
	case "pt":
		return numberStyle{".", ",", 4, "%", "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.", "D M Y"}
	case "it":
		return numberStyle{".", ",", 4, "%", "gen feb mar apr mag giu lug ago set ott nov dic", "D M Y"}
	case "nl":
		return numberStyle{".", ",", 4, "%", "jan feb mrt apr mei jun jul aug sep okt nov dec", "D M Y"}
	case "pl":
		return numberStyle{noBreakSpace, ",", 5, "%", "sty lut mar kwi maj cze lip sie wrz paź lis gru", "D M Y"}
	case "ru":
		return numberStyle{noBreakSpace, ",", 4, noBreakSpace + "%", "янв. февр. марта апр. мая июня июля авг. сент. окт. нояб. дек.", "D M Y"}
	case "zh", "ja":
		english.months, english.date = "", "Y年M月D日"
	case "ko":
		english.months, english.date = "", "Y년 M월 D일"
	}
	return english
}

// Price returns the value of a quote, or its range, with its unit, written as a
// language (a BCP 47 tag) writes numbers.
func (q Quote) Price(language string) string {
	return strings.TrimSpace(q.value(styleOf(language)) + " " + q.Unit)
}

func (q Quote) value(style numberStyle) string {
	if q.High == "" {
		return style.number(string(q.Low))
	}
	return style.number(string(q.Low)) + "–" + style.number(string(q.High))
}

// Change returns the change of a figure in percent and in words, with the day
// since when where we know it; nothing when there is none. Dates are written
// without their year when that is the year of day.
func (f Figure) Change(language string, day Day) string {
	if f.ChangePercent == nil {
		return ""
	}
	return strings.TrimSpace(styleOf(language).change(*f.ChangePercent) + " " + f.since(language, day))
}

// since says what a change is counted from: the day of the figure before, or
// nothing more than that it is the one of the day where the table itself names it.
func (f Figure) since(language string, day Day) string {
	switch {
	case f.PreviousDay != "":
		return "since " + styleOf(language).day(f.PreviousDay, day)
	case f.GivenChange != "":
		return "on the day"
	}
	return ""
}

// VATInWords says in words what a table says shortly of the value added tax.
func (q Quote) VATInWords() string {
	switch foldFigure(q.VAT) {
	case "":
		return ""
	case "incl", "incl.", "included", "inclusive", "in", "yes", "with":
		return "VAT included"
	case "excl", "excl.", "excluded", "exclusive", "ex", "no", "none", "without":
		return "without VAT"
	}
	if strings.Contains(strings.ToUpper(q.VAT), "VAT") {
		return q.VAT
	}
	return "VAT " + q.VAT
}

// number writes a number that has a point.
func (s numberStyle) number(text string) string {
	digits, minus := strings.CutPrefix(text, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	var b strings.Builder
	if minus {
		b.WriteString(minusSign)
	}
	for i, digit := range whole {
		if left := len(whole) - i; i > 0 && left%3 == 0 && len(whole) >= s.least {
			b.WriteString(s.group)
		}
		b.WriteRune(digit)
	}
	if fraction != "" {
		b.WriteString(s.point + fraction)
	}
	return b.String()
}

// leastPercent is the least change that is told by its size.
const leastPercent = 0.01

// change writes a change in percent with its sign: with one digit after the
// point, and with two where that would hide it; in words where these would too.
func (s numberStyle) change(percent float64) string {
	least := "less than " + s.number(strconv.FormatFloat(leastPercent, 'f', -1, 64)) + s.percent
	switch {
	case percent == 0:
		return "unchanged"
	case percent > 0 && percent < leastPercent/2:
		return "up " + least
	case percent < 0 && percent > -leastPercent/2:
		return "down " + least
	}
	digits := 1
	if math.Abs(percent) < 0.05 {
		digits = 2
	}
	text := strconv.FormatFloat(percent, 'f', digits, 64)
	if percent > 0 {
		text = "+" + text
	}
	sign, rest := text[:1], text[1:]
	return strings.Replace(sign, "-", minusSign, 1) + s.number(rest) + s.percent
}

// day writes d short: without its year when that is the year of near.
func (s numberStyle) day(d, near Day) string {
	year, month, day := d.Date()
	name := strconv.Itoa(int(month))
	if s.months != "" {
		name = strings.Fields(s.months)[month-1]
	}
	form := s.date
	if nearYear, _, _ := near.Date(); nearYear == year {
		form = strings.NewReplacer(", Y", "", " Y", "", "Y年", "", "Y년 ", "").Replace(form)
	}
	return strings.NewReplacer("D", strconv.Itoa(day), "M", name, "Y", strconv.Itoa(year)).Replace(form)
}
