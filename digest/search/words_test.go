package search

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestWordsAreCutAndFolded(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                  "",
		" -- … \u200b * ":                   "",
		"Terbium, at a three-year high.":    "terbium at a three year high",
		"Dy₂O₃ and Dy2O3":                   "dy2o3 and dy2o3",
		"Nd₂Fe₁₄B, 45SH":                    "nd2fe14b 45sh",
		"Tanbréez, Kiruna–Norra Kärr":       "tanbreez kiruna norra karr",
		"Tanbre\u0301ez":                    "tanbreez",
		"ŁÓDŹ Straße Ørsted Æra œuvre":      "lodz strasse orsted aera oeuvre",
		"İstanbul Isparta ısı":              "istanbul isparta isi",
		"Σίσυφος ΣΊΣΥΦΟΣ":                   "σισυφοσ σισυφοσ",
		"Йод и ёлка":                        "иод и елка",
		"U.S. and U.K. ministers, the E.U.": "us and uk ministers the eu",
		"e.g. a.b.cd x.":                    "eg ab cd x",
		"Section 5.B. U.S.A":                "section 5 b usa",
		"China’s quota, China's":            "china s quota china s",
		"1,560 CNY/kg, 12.5 %":              "1 560 cny kg 12 5",
		"NdPr™ ﬁnished ½ №5 ㎏":              "ndpr finished 12 5",
		"ＮｄＰｒ":                              "ndpr",
		"dys\u00adprosium na\u200cme":       "dysprosium name",
		"中国稀土 2026年":                        "中 国 稀 土 2026 年",
		"レアアース磁石":                           "レ ア ア ー ス 磁 石",
		"希土類がガ":                             "希 土 類 が ガ",
		"희토류 \u1112\u1174":                  "희 토 류 희",
		"ธาตุหายาก":                         "ธ า ตุ ห า ย า ก",
		"العَرَبِيَّة":                      "العربية",
		"עִבְרִית":                          "עברית",
		"हिन्दी":                            "हिन्दी",
		strings.Repeat("a", 300) + " b":     strings.Repeat("a", longest) + " b",
		strings.Repeat("é", 200):            strings.Repeat("e", longest),
		"bad \xff\xfebytes":                 "bad bytes",
	} {
		if got := strings.TrimSpace(folded(text)); got != want {
			t.Errorf("%q has the words %q, want %q", text, got, want)
		}
	}
}

// FuzzWords holds that words are found where they stand, in order, and hold only
// letters and digits, however odd the text.
func FuzzWords(f *testing.F) {
	for _, text := range []string{"Dy₂O₃ at 1,560", "U.S.", "U.", "U..S.", "中国 a中", "e\u0301\u0301", "\u0301", "a\u00ad", "½™", "\xff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = normal(text)
		end := 0
		for _, w := range words(text) {
			if w.start < end || w.end <= w.start || w.end > len(text) {
				t.Fatalf("a word stands from %d to %d behind one that ends at %d", w.start, w.end, end)
			}
			if end = w.end; !utf8.ValidString(text[w.start:w.end]) {
				t.Fatalf("the word %q is cut within a character", text[w.start:w.end])
			}
			if strange := strings.IndexFunc(w.token, func(r rune) bool { return !inWord(r) }); w.token == "" || strange >= 0 || len(w.token) > longest {
				t.Fatalf("%q is folded into %q", text[w.start:w.end], w.token)
			}
			if again := words(normal(w.token)); !alone([]rune(w.token)[0]) && unicode.IsLetter([]rune(w.token)[0]) && (len(again) != 1 || again[0].token != w.token) {
				t.Fatalf("%q folds into %q and that into %v", text[w.start:w.end], w.token, again)
			}
		}
		if a, b := folded(text), folded(strings.ToUpper(text)); strings.IndexFunc(text, unusual) < 0 && a != b {
			t.Fatalf("in upper case the words are %q, not %q", b, a)
		}
	})
}

// unusual reports whether upper case may make of a letter what is another letter
// to people too.
func unusual(r rune) bool { return r >= 0x80 }

func TestAQueryIsReadAsItWasMeant(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"":                              ``,
		"  * \" “” -- ":                 ``,
		"terbium":                       `"terbium"`,
		"Terbium  PRICE":                `"terbium" AND "price"`,
		"terbium Terbium":               `"terbium"`,
		`"rare earth" magnets`:          `"rare earth" AND "magnets"`,
		"“rare earth” magnets":          `"rare earth" AND "magnets"`,
		"«rare earth» „Seltene Erden“":  `"rare earth" AND "seltene erden"`,
		`"rare earth`:                   `"rare earth"`,
		`rare"earth metals"oxide`:       `"rare" AND "earth metals" AND "oxide"`,
		"rare-earth":                    `"rare earth"`,
		"dyspro*":                       `"dyspro"*`,
		"dyspro* dyspro":                `"dyspro"* AND "dyspro"`,
		`"mountain pa*"`:                `"mountain pa"*`,
		"d*":                            `"d"`,
		"*":                             ``,
		"Dy₂O₃":                         `"dy2o3"`,
		"U.S.":                          `"us"`,
		"稀土":                            `"稀 土"`,
		"稀土*":                           `"稀 土"`,
		`a OR b NOT c NEAR(d) title:e`:  `"a" AND "or" AND "b" AND "not" AND "c" AND "near d" AND "title e"`,
		`'; DROP TABLE stories --`:      `"drop" AND "table" AND "stories"`,
		"bad \xff\x00":                  `"bad"`,
		strings.Repeat("ab ", 5) + "^x": `"ab" AND "x"`,
	} {
		if got := Parse(typed).expression(); got != want {
			t.Errorf("%q is read as %s, want %s", typed, got, want)
		}
		if q := Parse(typed); q.Empty() != (want == "") {
			t.Errorf("%q is empty: %t", typed, q.Empty())
		}
	}
}

func TestAQueryHasBounds(t *testing.T) {
	t.Parallel()
	if q := Parse("a b c d e f g h i j k l m n o p"); len(q.terms) != mostTerms {
		t.Errorf("%d terms count, want %d", len(q.terms), mostTerms)
	}
	long := Parse(strings.Repeat("é", 300))
	if len(long.terms) != 1 || len(long.terms[0].tokens[0]) > longest {
		t.Errorf("of a long word counts %v", long.terms)
	}
	if q := Parse(`"` + strings.Repeat("磁", 5000) + `"`); len(q.terms[0].tokens) >= longestQuery {
		t.Errorf("%d characters of a phrase count", len(q.terms[0].tokens))
	}
}

func TestFoundWordsAreMarked(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ typed, text, want string }{
		"a word":                            {"terbium", "Terbium, TERBIUM and terbiums", "[Terbium], [TERBIUM] and terbiums"},
		"a beginning":                       {"terb*", "Terbium and superb", "[Terbium] and superb"},
		"a phrase":                          {`"rare earth"`, "Rare earths, a rare earth, rare-earth, earth rare", "Rare earths, a [rare earth], [rare-earth], earth rare"},
		"a formula":                         {"dy2o3", "Dy₂O₃ is dear", "[Dy₂O₃] is dear"},
		"initials":                          {"US", "The U.S. and us", "The [U.S.] and [us]"},
		"accents":                           {"karr", "Norra Kärr", "Norra [Kärr]"},
		"phrases that share a word":         {`"a b" "b c"`, "a b c", "[a b][ c]"},
		"the longer of two":                 {`a "a b"`, "a b a", "[a b] [a]"},
		"characters":                        {"稀土", "中国稀土集团", "中国[稀土]集团"},
		"nothing":                           {"ytterbium", "Terbium", "Terbium"},
		"nothing in nothing":                {"ytterbium", "", ""},
		"markup is text":                    {"b", "<b>x</b>", "<[b]>x</[b]>"},
		"a text in another form of Unicode": {"tanbréez", "Tanbre\u0301ez", "[Tanbréez]"},
	}
	for name, test := range tests {
		if got := shown(Parse(test.typed).Mark(test.text)); got != test.want {
			t.Errorf("%s: %q marks %q, want %q", name, test.typed, got, test.want)
		}
	}
}

// shown writes pieces as one text, with brackets around what was found.
func shown(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.Found {
			b.WriteString("[" + p.Text + "]")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

func TestASnippetShowsWhatIsLookedFor(t *testing.T) {
	t.Parallel()
	const text = "The ministry said on Monday that licences go on. Nothing was said of terbium then. " +
		"Later in the day, exporters of terbium and of dysprosium got letters. They hold a list of forms, and a date by which to send them in."
	tests := map[string]struct {
		typed      string
		characters int
		want       string
	}{
		"around the first":             {"terbium", 60, "… was said of [terbium] then. Later in the day, exporters of …"},
		"where most stand together":    {"terbium dysprosium", 60, "… exporters of [terbium] and of [dysprosium] got letters. They …"},
		"the beginning":                {"ministry", 40, "The [ministry] said on Monday that …"},
		"the end":                      {"send", 40, "… and a date by which to [send] them in."},
		"the whole of a short one":     {"letters", 1000, strings.ReplaceAll(text, "letters", "[letters]")},
		"nothing where nothing stands": {"ytterbium", 40, ""},
	}
	for name, test := range tests {
		if got := shown(Parse(test.typed).Snippet(text, test.characters)); got != test.want {
			t.Errorf("%s: %q\nwant %q", name, got, test.want)
		}
	}
}

// FuzzQuery holds that whatever is typed, what is shown is the text, and that
// what is found in a text is marked in it.
func FuzzQuery(f *testing.F) {
	f.Add("terbium", "Terbium at a high", 10)
	f.Add(`"a b" b*`, "a b bb", 3)
	f.Add("稀土", "中国稀土", 2)
	f.Fuzz(func(t *testing.T, typed, text string, characters int) {
		q := Parse(typed)
		_ = q.expression()
		if plain := strings.NewReplacer("[", "", "]", "").Replace(shown(q.Mark(text))); plain != strings.NewReplacer("[", "", "]", "").Replace(normal(text)) {
			t.Fatalf("of %q is shown %q", text, plain)
		}
		characters = max(1, min(characters, 1000))
		pieces := q.Snippet(text, characters)
		if n := utf8.RuneCountInString(shown(pieces)); n > characters+4+2*len(pieces) {
			t.Fatalf("a snippet of %d characters has %d", characters, n)
		}
		any := slices.ContainsFunc(q.Mark(strings.Join(strings.Fields(normal(text)), " ")), func(p Piece) bool { return p.Found })
		if any != (pieces != nil) {
			t.Fatalf("something is found: %t, but the snippet is %v", any, pieces)
		}
	})
}
