package digest_test

import (
	"testing"
	"time"

	"redigest/digest"
)

func TestMonthsFollowOneAnother(t *testing.T) {
	t.Parallel()
	december := digest.Day("2025-12-31").Month()
	if december != "2025-12" || december.Add(1) != "2026-01" || december.Add(-12) != "2024-12" || december.First() != "2025-12-01" {
		t.Errorf("December is %s from %s, the next is %s, a year before it is %s", december, december.First(), december.Add(1), december.Add(-12))
	}
	if year, month := december.Date(); year != 2025 || month != time.December {
		t.Errorf("%s is %d, %s", december, year, month)
	}
}

func TestAMonthIsWrittenInOneWay(t *testing.T) {
	t.Parallel()
	if m, err := digest.ParseMonth("2026-02"); err != nil || m != "2026-02" {
		t.Errorf("it is read as %q: %v", m, err)
	}
	for _, wrong := range []string{"", "2026", "2026-2", "2026-13", "2026-00", "26-02", "2026-02-01", "2026/02", " 2026-02"} {
		if m, err := digest.ParseMonth(wrong); err == nil {
			t.Errorf("%q is taken for the month %s", wrong, m)
		}
	}
}

func TestMonthsAreWrittenInTheLanguageOfThePublication(t *testing.T) {
	t.Parallel()
	for language, want := range map[string][2]string{
		"":        {"February 2026", "May"},
		"en-US":   {"February 2026", "May"},
		"tlh":     {"February 2026", "May"},
		"de-AT":   {"Februar 2026", "Mai"},
		"fr":      {"février 2026", "mai"},
		"es":      {"febrero de 2026", "mayo"},
		"pt-BR":   {"fevereiro de 2026", "maio"},
		"it":      {"febbraio 2026", "maggio"},
		"nl":      {"februari 2026", "mei"},
		"pl":      {"luty 2026", "maj"},
		"ru":      {"февраль 2026 г.", "май"},
		"zh-Hant": {"2026年2月", "5月"},
		"JA":      {"2026年2月", "5月"},
		"ko":      {"2026년 2월", "5월"},
	} {
		if got := digest.Month("2026-02").InWords(language); got != want[0] {
			t.Errorf("in %q it is %q, want %q", language, got, want[0])
		}
		if got := digest.Month("2026-05").Name(language); got != want[1] {
			t.Errorf("in %q May is %q, want %q", language, got, want[1])
		}
	}
}
