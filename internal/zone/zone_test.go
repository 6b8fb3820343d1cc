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
