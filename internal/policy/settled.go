package policy

import "roster/internal/roster"

// Settled is nil for a person who came in and can. Kind: Conflict (removed, member_blocked, not_accepted).
func Settled(m roster.Member) error {
	switch {
	case m.Status == roster.Removed:
		return m.Gone()
	case m.Status == roster.Blocked:
		return roster.Errorf(roster.Conflict, "member_blocked", "%s is blocked. Unblock them first.", m.Label())
	case m.Pending() || m.Person == "":
		return roster.Errorf(roster.Conflict, "not_accepted", "%s has not accepted the invitation yet. Send the invitation again instead.", m.Label())
	}
	return nil
}
