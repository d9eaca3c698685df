package digest_test

import (
	"testing"
	"unicode/utf8"

	"redigest/digest"
)

// A subject has room for 60 characters, and what is left of a longer title must
// not look torn off.
func TestATitleIsCutWhereItReadsAsOne(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ language, title, want string }{
		"what fits stays": {"en",
			"Terbium Now Costs More Than", "Terbium Now Costs More Than"},
		"at the end stands no word that leads on": {"en",
			"Dysprosium Outside China Now Costs More Than Three Times as Much", "Dysprosium Outside China Now Costs More Than Three Times…"},
		"nor a sign that does": {"en",
			"Why Dysprosium and Terbium Are Priced by the Kilogram & Not by the Ton", "Why Dysprosium and Terbium Are Priced by the Kilogram…"},
		"nor several of them": {"en-GB",
			"The Refinery at Kuantan Was Built for Ores Much Richer in the Heavy Ones", "The Refinery at Kuantan Was Built for Ores Much Richer…"},
		"nor one in capitals": {"",
			"Export Licences Take Longer Than Anybody Had Expected, And So", "Export Licences Take Longer Than Anybody Had Expected…"},
		"a word that only begins like one stays": {"en",
			"Nobody Knows Why the Magnet Works of the North Stand Ontario’s Winter", "Nobody Knows Why the Magnet Works of the North Stand…"},
		"rather after a clause": {"en",
			"Brazil’s Clay Mine Ships Heavy Rare Earths: Not Only to the East", "Brazil’s Clay Mine Ships Heavy Rare Earths…"},
		"or before a dash": {"en",
			"A Magnet Plant in Texas Starts Its First Line – Without Any Chinese Metal", "A Magnet Plant in Texas Starts Its First Line…"},
		"the last of several": {"en",
			"Terbium Rose Again, Dysprosium Fell Again, Yttrium Did Neither of the Two", "Terbium Rose Again, Dysprosium Fell Again…"},
		"unless that leaves too little": {"en",
			"A Floor of $110: What the Contract of the Pentagon Has for Everybody", "A Floor of $110: What the Contract of the Pentagon…"},
		"a comma among digits ends no clause": {"en",
			"The Works in Fort Worth Will Make at Least 1,000 Tonnes of Magnets a Year", "The Works in Fort Worth Will Make at Least 1,000 Tonnes…"},
		"other languages are cut at a word": {"de",
			"Dysprosium kostet außerhalb von China mehr als dreimal so viel wie dort", "Dysprosium kostet außerhalb von China mehr als dreimal so…"},
		"and after a clause": {"de",
			"Dysprosium wird außerhalb von China knapp, und niemand hat genug davon", "Dysprosium wird außerhalb von China knapp…"},
		"nothing but such words stays": {"en",
			"As if it were not for the and of the by to in at on with from the as of", "As if it were not for the and of the by to in at on with…"},
	}
	for name, tt := range tests {
		if got := digest.CutTitle(tt.title, 60, tt.language); got != tt.want || utf8.RuneCountInString(got) > 60 {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
