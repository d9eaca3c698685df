package render

import (
	"strings"
	"testing"

	"redigest/digest"
)

// Whatever a table of prices calls an item, it stands there in just these words
// and breaks no row.
func TestAFigureSaysJustWhatItsTableSays(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"a|b", `a\|b`, "`trend 1 2 3`", "*Dy* _oxide_", "<b>Dy</b>", "&lt;Dy&gt;", "[D](x)", "{#id}", "| --- |", "~~Dy~~", `C:\Dy\`, "99%", "(1)", "— Dy", "Dy_2_O_3_", "#1",
	} {
		q := digest.Quote{Kind: digest.Price, Item: text, Day: "2026-02-02", Low: "612", Unit: text, Basis: text, Source: text, Note: text}
		for _, old := range []bool{false, true} {
			body, err := Mail(digest.Compose(digest.Input{
				Edition: digest.Daily, Day: "2026-02-03", Language: "en",
				Stories: []digest.Story{{ID: 1, Title: "A Story", URL: "https://www.example.org/", Highlights: []string{"A fact."}}},
				Figures: []digest.Figure{{Quote: q, Old: old, InLine: !old}, {Quote: digest.Quote{Kind: digest.Price, Item: "the next", Day: "2026-02-02", Low: "613", Unit: "USD/kg"}}},
			}, nil), frame)
			if err != nil {
				t.Fatal(err)
			}
			words := strings.Join(strings.Fields(body.Text), " ")
			if !strings.Contains(words, text+", "+text+", "+text) || !strings.Contains(words, "612 "+text) || !strings.Contains(words, "the next 613 USD/kg") {
				t.Errorf("%q (old: %t) is not in\n%s", text, old, body.Text)
			}
		}
	}
}
