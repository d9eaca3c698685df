package digest

import (
	"fmt"
	"regexp"
	"strconv"
)

// A Decimal is a number in the digits in which it was given, such as 612 or
// 1560.50: a price of 612.00 does not become 612. It is empty for no number.
type Decimal string

var decimalForm = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?$`)

// ParseDecimal reads a number written with a point and without anything between
// its digits: at most twelve before the point and six after it.
func ParseDecimal(s string) (Decimal, error) {
	if !decimalForm.MatchString(s) {
		return "", fmt.Errorf("%q is not a number; write it as 1560 or 1560.5", s)
	}
	return Decimal(s), nil
}

// Float returns d for counting with; 0 when it is empty.
func (d Decimal) Float() float64 {
	f, _ := strconv.ParseFloat(string(d), 64)
	return f
}
