// Package zone knows the time zones that people can choose, by their names in the IANA database. The binary holds that
// database, so that a machine without one shows the same times.
package zone

import (
	_ "embed"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the database itself

	"roster/internal/roster"
)

// names are the zones that differ since 1970, one a line: Go's own database finds a zone by its name and lists none.
//
//go:embed zones.txt
var names string

// Region is a part of the world with its zones.
type Region struct {
	Name  string // "Europe"; "UTC" alone for the zone that belongs to none
	Zones []string
}

// Regions gives every zone that is offered, by part of the world.
func Regions() []Region {
	var all []Region
	for name := range strings.Lines(names) {
		name = strings.TrimSpace(name)
		top, _, _ := strings.Cut(name, "/")
		at := slices.IndexFunc(all, func(r Region) bool { return r.Name == top })
		if at < 0 {
			at, all = len(all), append(all, Region{Name: top})
		}
		all[at].Zones = append(all[at].Zones, name)
	}
	return all
}

// Load gives the zone of a name; an older name, such as Asia/Calcutta, is good too. Kind: Invalid, code zone_unknown.
func Load(name string) (*time.Location, error) {
	unknown := roster.Errorf(roster.Invalid, "zone_unknown", "There is no such time zone. Write a name such as Europe/Lisbon or America/Sao_Paulo.")
	if name == "" || name == "Local" || len(name) > 60 {
		return nil, unknown
	}
	l, err := time.LoadLocation(name)
	if err != nil {
		return nil, unknown
	}
	return l, nil
}

// Of gives the zone that somebody chose, and UTC where they chose none.
func Of(name string) *time.Location {
	if l, err := Load(name); err == nil {
		return l
	}
	return time.UTC
}

// Day gives the first moment of the day that is so many days later than a moment's, in the moment's zone: midnight or, where
// the clocks skip it, when they go on.
func Day(t time.Time, later int) time.Time {
	y, m, d := t.Date()
	at := time.Date(y, m, d+later, 0, 0, 0, 0, t.Location())
	if noon := time.Date(y, m, d+later, 12, 0, 0, 0, t.Location()); at.Day() != noon.Day() { // an hour before that, west of Greenwich
		_, at = at.ZoneBounds()
	}
	return at
}

// ParseDay reads a day such as 2027-03-31, and gives its first moment in a zone.
func ParseDay(text string, in *time.Location) (time.Time, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, err
	}
	return Day(time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, in), 0), nil
}
