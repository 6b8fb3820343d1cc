package zone

import (
	"testing"
	"time"

	"roster/internal/roster"
)

func TestEveryZoneThatIsOfferedIsKnown(t *testing.T) {
	n := 0
	for _, r := range Regions() {
		for _, name := range r.Zones {
			if _, err := Load(name); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			n++
		}
	}
	if n < 300 {
		t.Errorf("only %d zones are offered", n)
	}
}

func TestAZoneIsANameOfTheDatabase(t *testing.T) {
	winter := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
	if got := winter.In(Of("Asia/Kathmandu")).Format("15:04"); got != "17:45" {
		t.Errorf("noon in Kathmandu is %s", got)
	}
	for _, bad := range []string{"", "Local", "Europe/Atlantis", "../../etc/passwd", "/etc/localtime", "Europe/Lisbon\x00"} {
		if _, err := Load(bad); !roster.Is(err, "zone_unknown") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if Of("nowhere") != time.UTC {
		t.Error("who chose no zone is shown UTC")
	}
}

// TestADayBeginsWhereMidnightIsSkipped: on the day on which clocks go on at midnight it is an hour later, and never the day before.
func TestADayBeginsWhereMidnightIsSkipped(t *testing.T) {
	for _, c := range []struct{ zone, day, begins, next string }{
		{"America/Santiago", "2026-09-06", "2026-09-06T01:00:00-03:00", "2026-09-07T00:00:00-03:00"},
		{"America/Santiago", "2026-09-05", "2026-09-05T00:00:00-04:00", "2026-09-06T01:00:00-03:00"},
		{"America/Havana", "2026-03-08", "2026-03-08T01:00:00-04:00", "2026-03-09T00:00:00-04:00"},
		{"Atlantic/Azores", "2026-03-29", "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"},
		{"Africa/Cairo", "2026-04-24", "2026-04-24T01:00:00+03:00", "2026-04-25T00:00:00+03:00"},
		{"America/Havana", "2026-11-01", "2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00"},
		{"UTC", "2026-12-31", "2026-12-31T00:00:00Z", "2027-01-01T00:00:00Z"},
	} {
		begins, err := ParseDay(c.day, Of(c.zone))
		if err != nil {
			t.Fatal(err)
		}
		if got, next := begins.Format(time.RFC3339), Day(begins, 1).Format(time.RFC3339); got != c.begins || next != c.next {
			t.Errorf("%s in %s: from %s to %s, want %s to %s", c.day, c.zone, got, next, c.begins, c.next)
		}
		if back := Day(Day(begins.Add(23*time.Hour-time.Minute), 1), -1); !back.Equal(begins) {
			t.Errorf("%s in %s: the day before the one after begins at %s", c.day, c.zone, back)
		}
	}
	for _, bad := range []string{"", "2026-02-30", "2026-9-6", "2026-09-06 ", "06.09.2026"} {
		if _, err := ParseDay(bad, time.UTC); err == nil {
			t.Errorf("%q is a day", bad)
		}
	}
}
