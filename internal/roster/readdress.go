package roster

import "time"

// Readdress gives a person's member the address that a mailed secret proved. An external ID that was the old address
// goes with it: it would be somebody else's as soon as the old one is.
func (m Member) Readdress(now Email, at time.Time) Member {
	if named, err := ParseEmail(m.ExternalID); err == nil && named.Folded == m.Email.Folded {
		m.ExternalID = now.Folded
	}
	m.Email, m.VerifiedAt = now, at
	return m
}
