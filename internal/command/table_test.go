package command

import (
	"bufio"
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"roster/internal/roster"
	"roster/internal/zone"
)

// paper is a console whose output can be read.
func paper(width int, typed string) (c *Console, out, err *bytes.Buffer) {
	out, err = &bytes.Buffer{}, &bytes.Buffer{}
	return &Console{In: bufio.NewReader(strings.NewReader(typed)), Out: out, Err: err, Asks: true, Width: width, Now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}, out, err
}

func two() *Table {
	t := Columns("NAME", "IDENTIFIER", "ID")
	t.Add("Łukasz Wrona", "lukasz.wrona@example.com", "mem_1")
	t.Add("Zoë", "", "mem_2")
	return t
}

func TestATableAlignsItsColumns(t *testing.T) {
	c, out, _ := paper(0, "")
	if err := c.Print(two()); err != nil {
		t.Fatal(err)
	}
	want := "" +
		"NAME          IDENTIFIER                ID\n" +
		"Łukasz Wrona  lukasz.wrona@example.com  mem_1\n" +
		"Zoë           –                         mem_2\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out, want)
	}
}

func TestATableFitsTheTerminal(t *testing.T) {
	for _, width := range []int{200, 45, 44, 40, 30, 25} {
		c, out, _ := paper(width, "")
		if err := c.Print(two()); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > width {
				t.Errorf("at %d characters a line has %d: %s", width, n, line)
			}
		}
		if cutting := strings.Contains(out.String(), "…"); cutting != (width < 45) {
			t.Errorf("at %d characters something is cut: %v\n%s", width, cutting, out)
		}
	}
}

func TestATableThatCannotFitStaysReadable(t *testing.T) {
	c, out, _ := paper(5, "")
	if err := c.Print(two()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "Łukasz…") {
		t.Errorf("the names are gone:\n%s", out)
	}
}

func TestNoTextMovesTheTerminalsCursor(t *testing.T) {
	c, out, err := paper(0, "")
	tab := Columns("ERROR")
	tab.Add("550 \x1b[2J\r\nno\tsuch \u009bmailbox")
	var s Sheet
	s.Add("Reason", "a\nb\x1b[31m")
	if e := errors.Join(c.Print(tab), c.Show(&s), c.Line("%s", "x\x1b[1my\ry")); e != nil {
		t.Fatal(e)
	}
	c.Note("%s", "a\x1bb")
	for _, text := range []string{out.String(), err.String()} {
		if strings.ContainsAny(text, "\x1b\r\u009b\t") {
			t.Errorf("a control character got through: %q", text)
		}
	}
	if strings.Count(out.String(), "\n") != 4 {
		t.Errorf("a text made lines of its own: %q", out)
	}
}

func TestMomentsReadAsPeopleSpeak(t *testing.T) {
	c, _, _ := paper(0, "")
	for away, want := range map[time.Duration]string{
		0: "just now", -59 * time.Second: "just now", -time.Minute: "1 minute ago", -90 * time.Minute: "2 hours ago", -50 * time.Hour: "2 days ago",
		-20 * 24 * time.Hour: "2 Nov 2026", 30 * time.Second: "in 30 seconds", 5 * time.Hour: "in 5 hours",
	} {
		if got := c.When(c.Now.Add(away)); got != want {
			t.Errorf("%s away reads %q, not %q", away, got, want)
		}
	}
	if got := c.When(time.Time{}); got != "" {
		t.Errorf("no moment reads %q", got)
	}
}

// TestAnEndIsThatOfADayHere: a day ends with the first moment of the next one, which is one o'clock where clocks go on at midnight.
func TestAnEndIsThatOfADayHere(t *testing.T) {
	defer func(was *time.Location) { time.Local = was }(time.Local)
	time.Local = zone.Of("America/Santiago")
	for text, want := range map[string]string{
		"2026-09-05": "2026-09-06T04:00:00Z", "2026-09-06": "2026-09-07T03:00:00Z", "2026-09-05T18:00:00Z": "2026-09-05T18:00:00Z",
	} {
		var u Until
		if err := u.UnmarshalText([]byte(text)); err != nil || time.Time(u).Format(time.RFC3339) != want {
			t.Errorf("%s ends at %s, %v; want %s", text, time.Time(u), err, want)
		}
	}
}

func TestDaysReadDaysAndDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{"7d": 168 * time.Hour, "36h": 36 * time.Hour, "90m": 90 * time.Minute} {
		var d Days
		if err := d.UnmarshalText([]byte(text)); err != nil || time.Duration(d) != want {
			t.Errorf("%s reads %s, %v", text, time.Duration(d), err)
		}
	}
	for _, text := range []string{"", "d", "-1d", "1.5d", "7 days", "99999999d"} {
		var d Days
		if err := d.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was taken as %s", text, time.Duration(d))
		}
	}
}

func TestARemovalNeedsTheWholeName(t *testing.T) {
	for typed, fits := range map[string]bool{"Anna Berg\n": true, "  Anna Berg ": true, "anna berg\n": false, "Anna\n": false, "": false, "yes\n": false} {
		c, _, asked := paper(0, typed)
		err := c.Confirm("Anna Berg", "Acme")
		if (err == nil) != fits {
			t.Errorf("%q: %v", typed, err)
		}
		if !strings.Contains(asked.String(), "Anna Berg from Acme") {
			t.Errorf("it asks %q", asked)
		}
	}
}

func TestErrorsTellWhatToDo(t *testing.T) {
	several := roster.Errorf(roster.Invalid, "fields_invalid", "2 fields need your attention.")
	several.Fields = []roster.FieldError{{Field: "email", Message: "No."}, {Field: "phone", Message: "Nor this."}}
	for _, c := range []struct {
		err  error
		code int
		told string
	}{
		{roster.Errorf(roster.Conflict, "x", "No seat."), ExitFailed, "Error: No seat.\n"},
		{several, ExitFailed, "Error: 2 values need attention:\n  email: No.\n  phone: Nor this.\n"},
		{roster.Errorf(roster.Limited, "x", "Too often.").After(90 * time.Minute), ExitFailed, "Error: Too often.\nTry again in 2 hours.\n"},
		{Usage("Say which."), ExitUsage, "Error: Say which.\n"},
		{errors.New("disk full"), ExitFailed, "Error: disk full\n"},
		{ErrTold, ExitFailed, ""},
	} {
		con, out, err := paper(0, "")
		if code := con.Fail(c.err); code != c.code || err.String() != c.told || out.Len() > 0 {
			t.Errorf("%v: code %d, told %q, printed %q", c.err, code, err, out)
		}
	}
}
