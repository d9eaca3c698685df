package render

import (
	"math"
	"strconv"
	"strings"
)

// A trend has at least minTrend values, or there is nothing to be seen, and of
// more than maxTrend only the last are shown.
const (
	minTrend = 3
	maxTrend = 24
)

// trendValues reads a trend as the Markdown of an issue writes it, the values of
// an item from the oldest to the newest: “trend 48.6 49.1 50”. It returns nil
// for what is none.
func trendValues(s string) []float64 {
	words := strings.Fields(s)
	if len(words) < 1+minTrend || words[0] != "trend" {
		return nil
	}
	var values []float64
	for _, word := range words[1:] {
		v, err := strconv.ParseFloat(word, 64)
		if err != nil || math.IsInf(v, 0) || math.IsNaN(v) || math.Abs(v) > 1e15 {
			return nil
		}
		values = append(values, v)
	}
	return values[max(0, len(values)-maxTrend):]
}

// levels returns for each value a whole number from 0 for the lowest to top for
// the highest; all are in the middle where none is higher than another.
func levels(values []float64, top int) []int {
	lowest, highest := values[0], values[0]
	for _, v := range values {
		lowest, highest = min(lowest, v), max(highest, v)
	}
	found := make([]int, len(values))
	for i, v := range values {
		if highest == lowest {
			found[i] = top / 2
			continue
		}
		found[i] = int(math.Round((v - lowest) / (highest - lowest) * float64(top)))
	}
	return found
}

var blockCharacters = []rune("▁▂▃▄▅▆▇█")

// trendText returns a trend as a row of blocks, for the text part.
func trendText(values []float64) string {
	var b strings.Builder
	for _, level := range levels(values, len(blockCharacters)-1) {
		b.WriteRune(blockCharacters[level])
	}
	return b.String()
}

// trendWords says of a trend what one sees in it, for those who do not.
func trendWords(values []float64) string {
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	return "trend from " + number(values[0]) + " to " + number(values[len(values)-1])
}

// The size of a trend on a page, in the units of its own drawing.
const (
	trendWide = 72
	trendHigh = 18
)

// trendPoints returns the corners of a trend's line on a page.
func trendPoints(values []float64) string {
	const inset = 2 // half the line and the round end of it
	step := float64(trendWide-2*inset) / float64(len(values)-1)
	points := make([]string, len(values))
	for i, level := range levels(values, 10*(trendHigh-2*inset)) {
		x := inset + step*float64(i)
		y := trendHigh - inset - float64(level)/10
		points[i] = strconv.FormatFloat(x, 'f', 1, 64) + "," + strconv.FormatFloat(y, 'f', 1, 64)
	}
	return strings.Join(points, " ")
}
