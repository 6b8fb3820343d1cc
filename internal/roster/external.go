package roster

import (
	"strings"
	"unicode/utf8"
)

// MaxExternalID bounds the host product's names for members and units, in code points.
const MaxExternalID = 200

// CheckExternalID refuses what cannot be the host product's name for a member or a unit: it is kept and
// compared as it is written, so it has no outer spaces and no control characters, and is none of Roster's
// own identifiers, for which it would be mistaken. An empty one passes. Kind: Invalid.
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
