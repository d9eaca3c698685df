package render

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTextPart(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ markdown, want string }{
		"a headline stands at the margin, its address below": {
			"## [Title](https://a.example/)\n\ntext",
			"Title\n  https://a.example/\n\n  text",
		},
		"one link in a line needs no number": {
			"See the [notice](https://a.example/) of the day.",
			"  See the notice of the day.\n    https://a.example/",
		},
		"several links are numbered, and their addresses follow in order": {
			"Source: [A](https://a.example/) · [Discuss](https://b.example/)",
			"  Source: A\u00a0[1] · Discuss\u00a0[2]\n    [1] https://a.example/\n    [2] https://b.example/",
		},
		"an address that is its own text stands once": {
			"<https://a.example/>",
			"    https://a.example/",
		},
		"an address among words is named by its number": {
			"[A](https://a.example/) or <https://b.example/>",
			"  A\u00a0[1] or [2]\n    [1] https://a.example/\n    [2] https://b.example/",
		},
		"no Markdown is left": {
			"**bold** *slanted* `code` ~~gone~~ \\*star\\* &amp; &lt;b&gt;",
			"  bold slanted code [struck out: gone] *star* & <b>",
		},
		"lists within lists": {
			"- one\n  1. a\n  2. b\n- two",
			"  - one\n    1. a\n    2. b\n  - two",
		},
		"items of several paragraphs stand apart": {
			"- one\n\n  more\n- two",
			"  - one\n\n    more\n\n  - two",
		},
		"quotes are marked on each line": {
			"> one\n>\n> two",
			"  > one\n  >\n  > two",
		},
		"code keeps its blanks": {
			"    a  b\n      c",
			"    a  b\n      c",
		},
		"a table stands in columns by width": {
			"|Oxide|Price|\n|---|--:|\n|Dy₂O₃|255|\n|氧化铽|3,600|",
			"  Oxide   Price\n  ------  -----\n  Dy₂O₃     255\n  氧化铽  3,600",
		},
		"cells of a table wrap": {
			"|Item|Note|\n|---|---|\n|NdPr|" + strings.Repeat("long ", 14) + "|\n|Dy||",
			"  Item  Note\n  ----  " + strings.Repeat("-", 64) + "\n  NdPr  " + strings.TrimSpace(strings.Repeat("long ", 13)) + "\n        long\n\n  Dy",
		},
		"a table with too many columns becomes lines": {
			"|Item|Note|a|b|c|d|e|f|\n|---|---|---|---|---|---|---|---|\n|NdPr|long|" + strings.Repeat("many letters|", 6) + "\n|Dy|",
			"  Item: NdPr\n  Note: long\n  a: many letters\n  b: many letters\n  c: many letters\n  d: many letters\n  e: many letters\n  f: many letters\n\n  Item: Dy",
		},
		"figures on top that fit stand on one line": {
			"NdPr **612 CNY/kg** (2 Feb) · Dy **255 USD/kg** (2 Feb)\n\n## [Title](https://a.example/)",
			"NdPr 612 CNY/kg (2 Feb) · Dy 255 USD/kg (2 Feb)\n\n\nTitle\n  https://a.example/",
		},
		"figures on top that do not fit stand below one another": {
			"Neodymium-praseodymium oxide **612–615 CNY/kg** (2 Feb) · Dysprosium oxide **1,560 CNY/kg** (2 Feb)\n\n## [Title](https://a.example/)",
			"Neodymium-praseodymium oxide 612–615 CNY/kg (2 Feb)\nDysprosium oxide 1,560 CNY/kg (2 Feb)\n\n\nTitle\n  https://a.example/",
		},
		"a group is underlined, its stories stand at the margin": {
			"## Worth your time\n\n### [Title](https://a.example/)\n\nOne fact.\n\n### [Other](https://b.example/)",
			"Worth your time\n---------------\n\nTitle\n  https://a.example/\n  One fact.\n\nOther\n  https://b.example/",
		},
		"stories in brief have headline, address and fact below one another": {
			"## In brief\n\n### Magnets\n\n- [Title](https://a.example/)\\\n  One fact.\n- [Other](https://b.example/)",
			"In brief\n--------\n\nMagnets\n\n  - Title\n    https://a.example/\n    One fact.\n\n  - Other\n    https://b.example/",
		},
		"a note stands at the margin": {
			"## In brief\n\n- [Title](https://a.example/)\n\n*And 12 more stories, to follow.*",
			"In brief\n--------\n\n  - Title\n    https://a.example/\n\nAnd 12 more stories, to follow.",
		},
		"figures have their date below them and their trend beside them": {
			"## Numbers\n\n*Ex-works.*\n\n| Item | Price | Change | Date | Trend |\n| --- | ---: | ---: | --- | --- |\n" +
				"| **NdPr oxide** fob China | 85 USD/kg | +1.2% | 2 Feb, [A](https://a.example/) | `trend 1 2 3 2 8` |\n| *Tb oxide* | *900 USD/kg* | | *2 Jan* | |",
			"Numbers\n-------\n\nEx-works.\n\n  Item                       Price  Change  Trend\n  --------------------  ----------  ------  -----\n  NdPr oxide fob China   85 USD/kg   +1.2%  ▁▂▃▂█\n" +
				"  2 Feb, A\n\n  Tb oxide              900 USD/kg\n  2 Jan\n    https://a.example/",
		},
		"of figures that are too wide the item has the room": {
			"## Numbers\n\n| Item | Price | Change | Trend |\n| --- | ---: | ---: | --- |\n" +
				"| **Dysprosium oxide**, cif Rotterdam, without VAT | 1,560–1,580\u00a0CNY/kg | +4.3% since\u00a011\u00a0Nov | `trend 1 2 3 4 5 6 7 8 1 2 3 4` |",
			"Numbers\n-------\n\n  Item                                 Price        Change  Trend\n" +
				"  ----------------------  ------------------  ------------  ------------\n" +
				"  Dysprosium oxide, cif   1,560–1,580\u00a0CNY/kg         +4.3%  ▁▂▃▄▅▆▇█▁▂▃▄\n" +
				"  Rotterdam, without VAT                      since\u00a011\u00a0Nov",
		},
		"links in a table follow it": {
			"|A|B|\n|---|---|\n|[x](https://x.example/)|[y](https://y.example/)|",
			"  A      B\n  -----  -----\n  x\u00a0[1]  y\u00a0[2]\n    [1] https://x.example/\n    [2] https://y.example/",
		},
		"an image leaves its words": {
			"![A mine from above](https://a.example/mine.jpg)",
			"  A mine from above",
		},
		"raw HTML leaves its words": {
			"Dy<sub>2</sub>O<sub>3</sub>\n\n<div>a<script>b</script></div>",
			"  Dy2O3\n\n  a",
		},
		"an address too long for a line stays whole": {
			"[A](https://a.example/" + strings.Repeat("x", 100) + ")",
			"  A\n    https://a.example/" + strings.Repeat("x", 100),
		},
		"a line break stays one": {
			"one  \ntwo",
			"  one\n  two",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, section := range frame.sections(test.markdown) {
				got = append(got, section.Text)
			}
			if diff := cmp.Diff(test.want, strings.Join(got, "\n\n\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPlainReturnsTheWordsOnOneLine(t *testing.T) {
	t.Parallel()
	const markdown = "## [Title](https://a.example/)\n\n- one *two*\n- three  \n  four\n\n|a|b|\n|---|---|\n|c|d|\n\n    e\n    f\n\n![g](h) <b>i</b> \\* &amp;"
	const want = "Title one two three four a b c d e f g i * &"
	if got := Plain(markdown); got != want {
		t.Errorf("Plain = %q, want %q", got, want)
	}
}
