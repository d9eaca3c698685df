package feed

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"redigest/digest"
)

// A decimalMark is what stands before the decimals of a table's numbers: '.' or
// ',', or 0 as long as nothing shows it.
type decimalMark byte

// A dayOrder says which number of a date such as 3/2/2026 is the day.
type dayOrder int

const (
	dayFirst dayOrder = iota + 1
	monthFirst
)

// learn finds out from the whole table what its single cells leave open. Where
// its cells contradict each other they show nothing.
func (t *sheet) learn() {
	marks, orders := map[decimalMark]bool{}, map[dayOrder]bool{}
	for _, row := range t.rows {
		for _, column := range []string{"low", "high", "close", "change_pct"} {
			if mark := markOf(row.cell(t, column)); mark != 0 {
				marks[mark] = true
			}
		}
		if order := orderOf(row.cell(t, "date")); order != 0 {
			orders[order] = true
		}
	}
	t.mark, t.order = only(marks), only(orders)
}

// only returns the one key of set, and the zero value when there is another
// number of them.
func only[K comparable](set map[K]bool) (one K) {
	if len(set) == 1 {
		for key := range set {
			one = key
		}
	}
	return one
}

// The two ways in which a number is written, with or without its thousands kept
// apart.
var (
	withPoint = regexp.MustCompile(`^-?(?:[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.[0-9]+)?$`)
	withComma = regexp.MustCompile(`^-?(?:[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,[0-9]+)?$`)

	// gaps stand between thousands and mean nothing else.
	gaps = regexp.MustCompile(`^-?[1-9][0-9]{0,2}(?:[ '’][0-9]{3})+(?:[.,][0-9]+)?$`)

	noGaps  = strings.NewReplacer(" ", "", "'", "", "’", "")
	noPoint = strings.NewReplacer(".", "", ",", ".")
	noComma = strings.NewReplacer(",", "")
)

// readings returns what a number is when its decimals stand behind a point, and
// when they stand behind a comma; empty where it cannot be read so.
func readings(text string) (point, comma string) {
	text = strings.TrimSpace(strings.TrimSuffix(text, "%"))
	text = strings.Replace(strings.TrimPrefix(text, "+"), "−", "-", 1)
	if gaps.MatchString(text) {
		text = noGaps.Replace(text)
	}
	if withPoint.MatchString(text) {
		point = noComma.Replace(text)
	}
	if withComma.MatchString(text) {
		comma = noPoint.Replace(text)
	}
	return point, comma
}

// markOf returns the decimal mark that a number shows by itself: one that can
// be read in one way only.
func markOf(text string) decimalMark {
	switch point, comma := readings(text); {
	case point != "" && comma == "":
		return '.'
	case comma != "" && point == "":
		return ','
	}
	return 0
}

// number reads a number as the table writes them.
func (t *sheet) number(column, text string) (digest.Decimal, error) {
	point, comma := readings(text)
	number := point
	switch {
	case point == "" && comma == "":
		return "", fmt.Errorf("%s: “%s” is not a number; write its digits alone, the unit in its own column and the upper end of a range under high", column, cut(text, 40))
	case point == "" || comma != "" && t.mark == ',':
		number = comma
	case comma != "" && point != comma && t.mark == 0:
		whole, decimal := min(point, comma), max(point, comma)
		if strings.Contains(whole, ".") {
			whole, decimal = decimal, whole
		}
		return "", fmt.Errorf("%s: “%s” may mean thousands or three decimals; write it as %s or %s0", column, text, whole, decimal)
	}
	d, err := digest.ParseDecimal(withoutZeros(number))
	if err != nil {
		return "", fmt.Errorf("%s: %w", column, err)
	}
	return d, nil
}

// withoutZeros takes off the zeros that a number begins with.
func withoutZeros(number string) string {
	digits, minus := strings.CutPrefix(number, "-")
	digits = strings.TrimLeft(digits, "0")
	if digits == "" || digits[0] == '.' {
		digits = "0" + digits
	}
	if minus {
		return "-" + digits
	}
	return digits
}

var shortDate = regexp.MustCompile(`^([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})$`)

// orderOf returns the order that a date shows by itself: no month is beyond the
// twelfth.
func orderOf(text string) dayOrder {
	m := shortDate.FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	first, _ := strconv.Atoi(m[1])
	second, _ := strconv.Atoi(m[2])
	switch {
	case first > 12 && second <= 12:
		return dayFirst
	case second > 12 && first <= 12:
		return monthFirst
	}
	return 0
}

// day reads a date as the table writes them. It may be tomorrow: where the
// prices are made, the day begins before the publisher's.
func (t *sheet) day(text string) (digest.Day, error) {
	if text == "" {
		return "", errors.New("there is no date; a price is that of a day")
	}
	day, err := t.anyDay(text)
	if err != nil {
		return "", err
	}
	zone := t.o.Zone
	if zone == nil {
		zone = time.UTC
	}
	if today := digest.DayOf(t.o.Now.In(zone)); day > today.Add(1) {
		return "", fmt.Errorf("%s is still to come; today is %s", day, today)
	}
	return day, nil
}

func (t *sheet) anyDay(text string) (digest.Day, error) {
	plain := text
	if m := shortDate.FindStringSubmatch(text); m != nil {
		order := orderOf(text)
		if order == 0 {
			order = t.order
		}
		switch {
		case order == 0 && m[1] != m[2]:
			return "", fmt.Errorf("“%s”: the day may stand first or the month; write it as 2026-02-03", text)
		case order == monthFirst:
			m[1], m[2] = m[2], m[1]
		}
		plain = m[1] + "." + m[2] + "." + m[3]
	}
	at, _, ok := readDate(plain, time.UTC)
	if !ok {
		return "", fmt.Errorf("“%s” is not a date; write it as 2026-02-03", cut(text, 40))
	}
	return digest.DayOf(at), nil
}
