package roster

import (
	"strings"
	"unicode/utf8"
)

// MaxExternalID bounds the host product's names for members and units, in code points.
const MaxExternalID = 200

// CheckExternalID refuses what cannot be the host product's name for a member or a unit: it is kept and compared as it
// is written, so it has no outer spaces and no control characters, and is none of Roster's own identifiers, for which
// it would be mistaken. An empty one passes; of a member, Member.CheckExternalID asks more. Kind: Invalid.
func CheckExternalID(s string) error {
	if err := checkText(s, false); err != nil {
		return err
	}
	switch {
	case utf8.RuneCountInString(s) > MaxExternalID:
		return Errorf(Invalid, "too_long", "At most %d characters, please.", MaxExternalID)
	case strings.TrimSpace(s) != s:
		return Errorf(Invalid, "external_id_invalid", "An external ID does not begin or end with a space.")
	case hasForm(s, prefixMember), hasForm(s, prefixUnit), hasForm(s, prefixClient):
		return Errorf(Invalid, "external_id_invalid", "An external ID is the host product's own name, not one of Roster's identifiers.")
	}
	return nil
}

// CheckExternalID is CheckExternalID for the member's name, which is nobody else's address: the host product may call
// people by their addresses, and an address that names nobody here would then mean this member. Kind: Invalid.
func (m Member) CheckExternalID() error {
	if err := CheckExternalID(m.ExternalID); err != nil {
		return err
	}
	if address, err := ParseEmail(m.ExternalID); err == nil && address.Folded != "" && address.Folded != m.Email.Folded {
		return Errorf(Invalid, "external_id_invalid", "An external ID is no e-mail address, but for the member's own.")
	}
	return nil
}
