package digest

import (
	"cmp"
	"strconv"
	"strings"
)

// InWords writes d as people say it in a language, a BCP 47 tag: Tuesday,
// 3 February 2026; mardi 3 février 2026. What is not among the languages below
// is written in English.
func (d Day) InWords(language string) string {
	w := dayWordsOf(language)
	return d.fill(w.form, w)
}

// DayAndMonth writes d in a language without its weekday and year: 3 February.
func (d Day) DayAndMonth(language string) string {
	w := dayWordsOf(language)
	return d.fill(cmp.Or(w.short, "{day} {month}"), w)
}

// fill writes the parts of d into a form.
func (d Day) fill(form string, w dayWords) string {
	year, month, day := d.Date()
	number := strconv.Itoa(day)
	if day == 1 && w.first != "" {
		number = w.first
	}
	return strings.NewReplacer(
		"{weekday}", strings.Split(w.weekdays, " ")[d.Weekday()],
		"{day}", number,
		"{month}", strings.Split(w.months, " ")[month-1],
		"{year}", strconv.Itoa(year),
	).Replace(form)
}

// dayWords is how a language writes a day in full, as Unicode's CLDR has it.
type dayWords struct {
	form     string
	short    string // without weekday and year, where that is not {day} {month}
	weekdays string // from Sunday
	months   string // as they stand beside a day
	first    string // the first of a month, where that is not 1
}

// dayWordsOf finds the words of a language by its tag, with its region or
// without.
func dayWordsOf(tag string) dayWords {
	tag = strings.ToLower(tag)
	primary, rest, _ := strings.Cut(tag, "-")
	if primary == "en" && strings.HasSuffix("-"+rest, "-us") {
		return american
	}
	if w, ok := daysByLanguage[primary]; ok {
		return w
	}
	return english
}

var english = dayWords{
	form:     "{weekday}, {day} {month} {year}",
	weekdays: "Sunday Monday Tuesday Wednesday Thursday Friday Saturday",
	months:   "January February March April May June July August September October November December",
}

var american = dayWords{
	form: "{weekday}, {month} {day}, {year}", short: "{month} {day}", weekdays: english.weekdays, months: english.months,
}

var norwegian = dayWords{
	form:     "{weekday} {day}. {month} {year}",
	short:    "{day}. {month}",
	weekdays: "søndag mandag tirsdag onsdag torsdag fredag lørdag",
	months:   "januar februar mars april mai juni juli august september oktober november desember",
}

var daysByLanguage = map[string]dayWords{
	"de": {
		form:     "{weekday}, {day}. {month} {year}",
		short:    "{day}. {month}",
		weekdays: "Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag",
		months:   "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
	},
	"fr": {
		form:     "{weekday} {day} {month} {year}",
		weekdays: "dimanche lundi mardi mercredi jeudi vendredi samedi",
		months:   "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
		first:    "1er",
	},
	"es": {
		form:     "{weekday}, {day} de {month} de {year}",
		short:    "{day} de {month}",
		weekdays: "domingo lunes martes miércoles jueves viernes sábado",
		months:   "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
	},
	"pt": {
		form:     "{weekday}, {day} de {month} de {year}",
		short:    "{day} de {month}",
		weekdays: "domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado",
		months:   "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
	},
	"it": {
		form:     "{weekday} {day} {month} {year}",
		weekdays: "domenica lunedì martedì mercoledì giovedì venerdì sabato",
		months:   "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
	},
	"nl": {
		form:     "{weekday} {day} {month} {year}",
		weekdays: "zondag maandag dinsdag woensdag donderdag vrijdag zaterdag",
		months:   "januari februari maart april mei juni juli augustus september oktober november december",
	},
	"pl": {
		form:     "{weekday}, {day} {month} {year}",
		weekdays: "niedziela poniedziałek wtorek środa czwartek piątek sobota",
		months:   "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
	},
	"ru": {
		form:     "{weekday}, {day} {month} {year} г.",
		weekdays: "воскресенье понедельник вторник среда четверг пятница суббота",
		months:   "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
	},
	"sv": {
		form:     "{weekday} {day} {month} {year}",
		weekdays: "söndag måndag tisdag onsdag torsdag fredag lördag",
		months:   "januari februari mars april maj juni juli augusti september oktober november december",
	},
	"da": {
		form:     "{weekday} den {day}. {month} {year}",
		short:    "{day}. {month}",
		weekdays: "søndag mandag tirsdag onsdag torsdag fredag lørdag",
		months:   "januar februar marts april maj juni juli august september oktober november december",
	},
	"nb": norwegian, "no": norwegian,
	"fi": {
		form:     "{weekday} {day}. {month} {year}",
		short:    "{day}. {month}",
		weekdays: "sunnuntai maanantai tiistai keskiviikko torstai perjantai lauantai",
		months:   "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta",
	},
	"ar": {
		form:     "{weekday}، {day} {month} {year}",
		weekdays: "الأحد الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت",
		months:   "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
	},
	"he": {
		form:     "יום {weekday}, {day} ב{month} {year}",
		short:    "{day} ב{month}",
		weekdays: "ראשון שני שלישי רביעי חמישי שישי שבת",
		months:   "ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",
	},
	"zh": {
		form:     "{year}年{month}月{day}日星期{weekday}",
		short:    "{month}月{day}日",
		weekdays: "日 一 二 三 四 五 六", months: monthNumbers,
	},
	"ja": {
		form:     "{year}年{month}月{day}日{weekday}曜日",
		short:    "{month}月{day}日",
		weekdays: "日 月 火 水 木 金 土", months: monthNumbers,
	},
	"ko": {
		form:     "{year}년 {month}월 {day}일 {weekday}요일",
		short:    "{month}월 {day}일",
		weekdays: "일 월 화 수 목 금 토", months: monthNumbers,
	},
}

const monthNumbers = "1 2 3 4 5 6 7 8 9 10 11 12"
