package digest

import (
	"fmt"
	"time"
)

// A Month is a calendar month, written 2006-01. Months compare as they follow
// one another.
type Month string

const monthForm = "2006-01"

// ParseMonth reads a month written 2006-01.
func ParseMonth(s string) (Month, error) {
	if _, err := time.Parse(monthForm, s); err != nil {
		return "", fmt.Errorf("%q is not a month; write it as 2026-02", s)
	}
	return Month(s), nil
}

// Month returns the month of d.
func (d Day) Month() Month { return Month(d.date().Format(monthForm)) }

// First returns the first day of m.
func (m Month) First() Day { return Day(m + "-01") }

// Add returns the month n months later.
func (m Month) Add(n int) Month { return DayOf(m.First().date().AddDate(0, n, 0)).Month() }

// Date returns the parts of m.
func (m Month) Date() (year int, month time.Month) {
	year, month, _ = m.First().Date()
	return year, month
}
