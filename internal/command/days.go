package command

import (
	"strconv"
	"strings"
	"time"
)

// Days reads a duration that may be given in days, such as 7d.
type Days time.Duration

// UnmarshalText reads "7d", "36h" or any of Go's durations.
func (d *Days) UnmarshalText(text []byte) error {
	if n, ok := strings.CutSuffix(string(text), "d"); ok {
		v, err := strconv.ParseUint(n, 10, 16)
		if err == nil {
			*d = Days(time.Duration(v) * 24 * time.Hour)
			return nil
		}
	}
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return Usage("%q is not a time such as 7d or 36h.", text)
	}
	*d = Days(v)
	return nil
}
