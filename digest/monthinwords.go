package digest

import (
	"strconv"
	"strings"
)

// InWords writes m as people say it in a language, a BCP 47 tag: February 2026;
// février 2026. What is not among the languages of [Day.InWords] is written in
// English.
func (m Month) InWords(language string) string {
	year, _ := m.Date()
	return strings.NewReplacer("{month}", m.Name(language), "{year}", strconv.Itoa(year)).Replace(monthFormOf(language))
}

// Name writes the month of m alone: February; 2月.
func (m Month) Name(language string) string {
	_, month := m.Date()
	names := dayWordsOf(language).months
	switch base := primary(language); {
	case aloneByLanguage[base] != "":
		names = aloneByLanguage[base]
	case names == monthNumbers:
		return strconv.Itoa(int(month)) + monthSign(base)
	}
	return strings.Split(names, " ")[month-1]
}

// aloneByLanguage holds the names of months where they differ from those beside
// a day, as Unicode's CLDR has them.
var aloneByLanguage = map[string]string{
	"fi": "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu marraskuu joulukuu",
	"pl": "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień",
	"ru": "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
}

// monthSign is what stands behind the number of a month.
func monthSign(base string) string {
	if base == "ko" {
		return "월"
	}
	return "月"
}

func monthFormOf(language string) string {
	switch primary(language) {
	case "es", "pt":
		return "{month} de {year}"
	case "ru":
		return "{month} {year} г."
	case "zh", "ja":
		return "{year}年{month}"
	case "ko":
		return "{year}년 {month}"
	}
	return "{month} {year}"
}
