package feed

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// misread returns s as a program shows it that reads its UTF-8 byte by byte.
func misread(s string, charOf func(b byte) rune) string {
	var out strings.Builder
	for _, b := range []byte(s) {
		if b < utf8.RuneSelf {
			out.WriteByte(b)
			continue
		}
		out.WriteRune(charOf(b))
	}
	return out.String()
}

// The shapes in which Windows-874 comes: its holes are filled in three ways.
func thaiHybrid(b byte) rune { return firstOf(charmap.Windows874, charmap.Windows1252, b) }
func thaiBrowser(b byte) rune {
	if r := charmap.Windows874.DecodeByte(b); r != utf8.RuneError {
		return r
	}
	return rune(b)
}
func thaiGo(b byte) rune { return charmap.Windows874.DecodeByte(b) }

func western(b byte) rune { return firstOf(charmap.Windows1252, charmap.ISO8859_1, b) }
func latin1(b byte) rune  { return rune(b) }

func firstOf(page, spare *charmap.Charmap, b byte) rune {
	if r := page.DecodeByte(b); r != utf8.RuneError {
		return r
	}
	if r := spare.DecodeByte(b); r != utf8.RuneError {
		return r
	}
	return rune(b)
}

var typography = []string{
	"timely—but late", "the town’s heap", "“slow leach,” he said", "2025–26", "Letter™\u00a0has", "As\u00a0Magnet Letter™", "sample. \u00a0While",
	"Dy₂O₃ at ¥6,245 (≈ $867)", "Tb₄O₇ ¥13,950", "a → b ✓ ★ … •", "ore 🚨 and 😀", "Kraków’s café—open", "the £5 note—and €6", "20°C—cold",
	"Baogang (包钢集团) and 北方稀土", "Москва—далеко", "naïve façade—“déjà vu”", "Nyrstar’s Überschuss—für Öl",
}

func TestTextReadAsThaiIsRepairedExactly(t *testing.T) {
	t.Parallel()
	for name, charOf := range map[string]func(byte) rune{"holes from Windows-1252": thaiHybrid, "holes as control characters": thaiBrowser} {
		for _, text := range typography {
			if got, damaged := Repair(misread(text, charOf)); got != text || damaged {
				t.Errorf("%s: %q, damaged %v\nwas %q\nwant %q", name, got, damaged, misread(text, charOf), text)
			}
		}
		for _, text := range []string{"timely—but late", "the town’s heap", "“slow leach,” he said", "2025–26", "As Magnet Letter™"} {
			if got, _ := Repair(misread(misread(text, charOf), charOf)); got != text {
				t.Errorf("%s, twice: %q, want %q", name, got, text)
			}
		}
	}
}

func TestThaiWithoutTheLostBytesIsRepairedWhereItCanBeAndSaidWhereNot(t *testing.T) {
	t.Parallel()
	whole := misread("timely—but", thaiGo)
	if got, damaged := Repair(whole); got != "timely—but" || damaged {
		t.Errorf("%q became %q, damaged %v: all its bytes are there", whole, got, damaged)
	}
	for _, text := range []string{"the town’s heap", "Letter™", "Dy₂O₃"} {
		broken := misread(text, thaiGo)
		if got, damaged := Repair(broken); !damaged || strings.Contains(got, text) {
			t.Errorf("%q became %q, damaged %v: its bytes are lost", broken, got, damaged)
		}
	}
}

func TestShortPiecesAreRepairedFromTheirSurroundings(t *testing.T) {
	t.Parallel()
	for damaged, want := range map[string]string{
		"cafรฉ": "café", "Kรฉvin": "Kévin", "Mรฉxico": "México", "20ยฐC": "20°C", "ยฉ2026": "©2026", "ยฃ5": "£5", "ยฅ6,245": "¥6,245",
		"A ย\u00a0B": "A \u00a0B", "Itโ€™s รฉlan": "It’s élan", "ร–sterreich": "Österreich",
	} {
		if got, _ := Repair(damaged); got != want {
			t.Errorf("%q became %q, want %q", damaged, got, want)
		}
	}
}

func TestRealThaiStaysAsItIs(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"โกง", "ประเทศไทย\u00a0และจีน", "ไทย”", "“ไป”", "‘ไป’ แล้ว", "“แก…” เขาพูด", "แก…", "เธ…เธอ", "ต่าง ๆ…”", "พ.ย\u00a02568", "ส.ย\u00a05", "รถ", "รถ BMW", "ซื้อรถBMW",
		"ยก 2", "ยก2", "รถ2คัน", "iPhoneรุ่นใหม่", "วิธีใช้Facebookครับ", "สระ โ ใช้อย่างไร", "๐–๙", "๒๕๖๐–๒๕๖๑", "(โกง)", "“โกง”", "แร่หายาก—ของไทย", "ไทย™", "ราคา 5€", "อาคาร€5", "อาหาร‰",
		"BangkokไปTokyo", "ก\u00a0ข\u00a0ย\u00a0ง คือตัวอักษร", "ผม…", "“รถ”", "•\u00a0ไทย", "ย่อว่า “ย”",
		"กระทรวงอุตสาหกรรมประกาศแผนสำรวจแร่หายากฉบับใหม่ในจังหวัดกาญจนบุรี",
	} {
		if got, damaged := Repair(text); got != text || damaged {
			t.Errorf("%q became %q, damaged %v", text, got, damaged)
		}
	}
}

func TestWhatWouldBecomeThaiIsLeftAlone(t *testing.T) {
	t.Parallel()
	if text := misread("ไทย", thaiHybrid); text != "เน„เธ—เธข" {
		t.Fatal(text)
	}
	if got, _ := Repair("เน„เธ—เธข"); got != "เน„เธ—เธข" {
		t.Errorf("became %q", got)
	}
}

func TestRealThaiStaysBesideWhatIsRepaired(t *testing.T) {
	t.Parallel()
	const damaged, want = "Indiaโ€™s deal: ประเทศไทย “ไป” ก่อน", "India’s deal: ประเทศไทย “ไป” ก่อน"
	if got, lost := Repair(damaged); got != want || lost {
		t.Errorf("got %q, damaged %v", got, lost)
	}
}

func TestTextReadAsWesternIsRepairedExactly(t *testing.T) {
	t.Parallel()
	for name, charOf := range map[string]func(byte) rune{"Windows-1252": western, "Latin-1": latin1} {
		for _, text := range []string{
			"timely—but late", "the town’s heap", "“slow leach,” he said", "2025–26", "Letter™\u00a0has", "für Öl und Gas", "déjà vu", "ação e reação",
			"Dy₂O₃ at ¥6,245 (≈ $867)", "20°C", "© 2026", "naïve", "ore 🚨", "北方稀土", "Москва далеко", "ประเทศไทย", "Čeština", "Rīga",
		} {
			damaged := misread(text, charOf)
			if got, lost := Repair(damaged); got != text || lost {
				t.Errorf("%s: %q became %q, damaged %v; want %q", name, damaged, got, lost, text)
			}
		}
	}
	if got, _ := Repair("doesnÃƒÂ¢Ã¢â€šÂ¬Ã¢â€žÂ¢t"); got != "doesn’t" {
		t.Errorf("three times over: %q", got)
	}
	if got, _ := Repair("don\u0092t \u0093stop\u0094"); got != "don’t “stop”" {
		t.Errorf("lone control characters: %q", got)
	}
}

func TestSoundTextThatLooksAlikeStays(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"voilà\u00a0«\u00a0bonjour\u00a0»", "l’été\u00a0», dit-il", "„též“", "„též”", "café…", "går på…”", "blå…", "NESTLÉ®", "CAFÉ™", "AMANHÃ…", "S Ã O P A U L O",
		"S\u00a0Ã\u00a0O", "Ä…tsch", "Ü…", "4288×…", "ÉÑÄK", "10 Â", "naïve—façade", "à la carte", "Ação®", "MÄ£ÄM", "straße”", "º¹²³", "hâlâ…", "ÄÖÜ äöü ß",
		"Dvořák’s “Rusalka”", "Zürich–Genève", "¿Qué?—¡Sí!", "日本語", "Ελλάδα", "SELKÄ EDELLÄ", "Æ–Ø–Å", "№ 5 §3",
	} {
		if got, damaged := Repair(text); got != text || damaged {
			t.Errorf("%q became %q, damaged %v", text, got, damaged)
		}
	}
}

func TestLostCharactersAreSaidAndNotGuessed(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"Indiaโs plan", "timelyโbut late", "โquotedโ words", "scaling โ not only", "Exchangesโข has", "DyโOโ", "lost \uFFFD here", "๏ฟฝ", "bb+â€? from",
		"รtat des lieux", "Baogang (ๅ้ข้ๅข)",
	} {
		if got, damaged := Repair(text); !damaged {
			t.Errorf("%q became %q and counts as sound", text, got)
		}
	}
	if got, damaged := Repair("half a \xe2\x80"); !damaged || !utf8.ValidString(got) {
		t.Errorf("invalid UTF-8 became %q, damaged %v", got, damaged)
	}
}

func TestRepairingTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	for _, text := range typography {
		for _, charOf := range []func(byte) rune{thaiHybrid, thaiBrowser, thaiGo, western, latin1} {
			once, lost := Repair(misread(text, charOf))
			if twice, again := Repair(once); twice != once || again != lost {
				t.Errorf("%q became %q", once, twice)
			}
		}
	}
}

func FuzzRepair(f *testing.F) {
	for _, text := range typography {
		f.Add(text)
		f.Add(misread(text, thaiHybrid))
		f.Add(misread(text, western))
	}
	f.Add("ไทย “ไป” รถ โกง ย\u00a0Ã\u00a0é\u00a0»")
	f.Fuzz(func(t *testing.T, s string) {
		fixed, damaged := Repair(s)
		if !utf8.ValidString(fixed) {
			t.Fatalf("%q: not valid UTF-8", fixed)
		}
		if isASCII(s) && (fixed != s || damaged) {
			t.Fatalf("ASCII %q became %q, damaged %v", s, fixed, damaged)
		}
		if again, lost := Repair(fixed); again != fixed || lost != damaged && utf8.ValidString(s) {
			t.Fatalf("%q became %q, damaged %v; again: %q, damaged %v", s, fixed, damaged, again, lost)
		}
		if strings.Map(onlyASCII, s) != strings.Map(onlyASCII, fixed) {
			t.Fatalf("%q became %q: its ASCII changed", s, fixed)
		}
	})
}

func onlyASCII(r rune) rune {
	if r < utf8.RuneSelf {
		return r
	}
	return -1
}

func BenchmarkRepair(b *testing.B) {
	for name, text := range map[string]string{
		"sound": strings.Repeat("A sentence in “quotes” — no more. ", 3000), "misread": strings.Repeat(misread("A sentence in “quotes” — no more. ", thaiHybrid), 3000),
		"doubtful": strings.Repeat("ยก รถ ย\u00a0 é\u00a0» Ã\u00a0 ", 3000), "layered": strings.Repeat(misread(misread(misread("“é—", thaiHybrid), thaiHybrid), western), 1000),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Repair(text)
			}
		})
	}
}
