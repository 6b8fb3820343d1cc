package words

import (
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Count says how many, by the key's form for the number: key.one and key.many where the language has a form of its
// own for it (CLDR), else key itself. {n} is the number.
func (c *Catalogue) Count(key string, n int, pairs ...string) string {
	if form := key + "." + c.form(n); c.say[form] != "" {
		key = form
	}
	return c.Say(key, append([]string{"n", c.Number(n)}, pairs...)...)
}

// form gives the plural category of a whole number. The library's tables are older than Portuguese's category many
// (CLDR 38): whole millions, which take a "de" before what is counted.
func (c *Catalogue) form(n int) string {
	base, _ := c.tag.Base()
	if portuguese, _ := language.Portuguese.Base(); base == portuguese && n != 0 && n%1_000_000 == 0 {
		return "many"
	}
	if plural.Cardinal.MatchPlural(c.tag, n, 0, 0, 0, 0) == plural.One {
		return "one"
	}
	return "other"
}

// Forms gives the categories, beside the usual one, that whole numbers have in the language.
func (c *Catalogue) Forms() []string {
	if c.form(1_000_000) == "many" {
		return []string{"one", "many"}
	}
	return []string{"one"}
}

// Number writes a number with its thousands apart.
func (c *Catalogue) Number(n int) string { return c.printer.Sprintf("%d", n) }

// Day writes a date in words, in the moment's own zone: "22 November 2026".
func (c *Catalogue) Day(t time.Time) string { return c.date("date.day", "date.month.", t) }

// ShortDay is Day in little room: "22 Nov 2026".
func (c *Catalogue) ShortDay(t time.Time) string { return c.date("date.short", "date.mon.", t) }

// Moment writes date and time with the name of the moment's zone: "22 Nov 2026, 15:04 UTC".
func (c *Catalogue) Moment(t time.Time) string {
	return c.Say("date.moment", "day", c.ShortDay(t), "time", t.Format("15:04"), "zone", t.Format("MST"))
}

func (c *Catalogue) date(key, months string, t time.Time) string {
	return c.Say(key, "d", strconv.Itoa(t.Day()), "month", c.Say(months+strconv.Itoa(int(t.Month()))), "year", strconv.Itoa(t.Year()))
}

// Span says how long: "2 minutes", rounded up to what people count in.
func (c *Catalogue) Span(d time.Duration) string {
	unit, n := "day", int((d+24*time.Hour-1)/(24*time.Hour))
	switch {
	case d <= time.Minute:
		unit, n = "second", max(1, int((d+time.Second-1)/time.Second))
	case d <= time.Hour:
		unit, n = "minute", int((d+time.Minute-1)/time.Minute)
	case d < 48*time.Hour && d%(24*time.Hour) != 0:
		unit, n = "hour", int((d+time.Hour-1)/time.Hour)
	}
	if n == 1 {
		return c.Say("layout.span." + unit)
	}
	return c.Say("layout.span."+unit+"s", "n", c.Number(n))
}

// Capital begins a text with a capital letter.
func Capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
