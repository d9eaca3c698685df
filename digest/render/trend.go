package render

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// A trend has at least minTrend values, or one sees in it what is not there, and
// of more than maxTrend only the last are shown.
const (
	minTrend = 5
	maxTrend = 24
)

// leastSpan is how much of its values' middle the scale of a trend spans at
// least: prices that hardly move must not look as if they soared.
const leastSpan = 0.05

// readTrend reads a trend as the Markdown of an issue writes it, the values of
// an item from the oldest to the newest and, behind a semicolon, of what they
// are: “trend 48.6 49.1 50 50 51; USD/kg”. It returns nil for what is none.
func readTrend(s string) *node {
	s, label, _ := strings.Cut(s, ";")
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
	return &node{kind: trend, values: values[max(0, len(values)-maxTrend):], label: strings.TrimSpace(label)}
}

// levels returns for each value a whole number from 0 for the lowest to top for
// the highest that its scale has room for.
func levels(values []float64, top int) []int {
	lowest, highest := slices.Min(values), slices.Max(values)
	middle := (lowest + highest) / 2
	span := max(highest-lowest, leastSpan*math.Abs(middle))
	found := make([]int, len(values))
	for i, v := range values {
		found[i] = top / 2
		if span > 0 {
			found[i] = int(math.Round((0.5 + (v-middle)/span) * float64(top)))
		}
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
func trendWords(n *node) string {
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	return strings.TrimSpace("trend from " + number(n.values[0]) + " to " + number(n.values[len(n.values)-1]) + " " + n.label)
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
