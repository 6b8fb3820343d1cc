package policy

import (
	"time"

	"roster/internal/roster"
)

// CheckEnd holds what may be the moment at which an API user's time is over, asked at another; the zero time is never. Kind:
// Invalid, codes end_passed and end_too_far.
func CheckEnd(end, at time.Time) error {
	switch {
	case end.IsZero():
		return nil
	case end.Before(at):
		return roster.Errorf(roster.Invalid, "end_passed", "This moment has passed. Choose a later one, or block the API user.").On("ends_at")
	case end.After(roster.LastEnd()):
		return roster.Errorf(roster.Invalid, "end_too_far", "The last day of an API user is at the latest %s. Leave the end open if there is none.", roster.LastEnd().AddDate(0, 0, -1).Format(time.DateOnly)).On("ends_at")
	}
	return nil
}

// ErrNoEnd refuses an end for a person's time. Kind: Invalid.
func ErrNoEnd() *roster.Error {
	return roster.Errorf(roster.Invalid, "field_unknown", "Only API users have an end. What a person is granted can have one.")
}
