// Package lacking puts in order what somebody lacks, for a refusal that names it. What is lacking is found elsewhere.
package lacking

import (
	"time"

	"roster/internal/authz"
)

// Distinct gives things that are lacking, each at a place once, for the longest.
func Distinct(all []authz.Lacking) []authz.Lacking {
	var once []authz.Lacking
	known := map[authz.Lacking]int{}
	for _, l := range all {
		until := l.Until
		l.Until = time.Time{}
		i, twice := known[l]
		switch {
		case !twice:
			known[l] = len(once)
			l.Until = until
			once = append(once, l)
		case until.IsZero() || !once[i].Until.IsZero() && until.After(once[i].Until):
			once[i].Until = until
		}
	}
	return once
}
