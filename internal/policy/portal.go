package policy

import (
	"slices"
	"strings"

	"roster/internal/roster"
)

// Portal is whom an organisation lets the host product bring in by a link that its own program asked for (decision 061):
// each level has those of the levels before it.
type Portal string

// The levels.
const (
	PortalOff            Portal = "off"            // nobody
	PortalMembers        Portal = "members"        // who administers nothing
	PortalAdministrators Portal = "administrators" // who administers something, and lacks something of what an Owner holds
	PortalOwners         Portal = "owners"         // who holds all of that
)

// Portals gives the levels, the narrowest first.
func Portals() []Portal {
	return []Portal{PortalOff, PortalMembers, PortalAdministrators, PortalOwners}
}

// Check refuses what is no level. Kind: Invalid.
func (p Portal) Check() error {
	if slices.Contains(Portals(), p) {
		return nil
	}
	names := make([]string, len(Portals()))
	for i, known := range Portals() {
		names[i] = string(known)
	}
	return roster.Errorf(roster.Invalid, "portal_invalid", "The portal is open to one of these: %s.", strings.Join(names, ", ")).On("open_to")
}

// Covers tells whether a level lets somebody in who asks for another.
func (p Portal) Covers(asked Portal) bool {
	all := Portals()
	return slices.Index(all, asked) > 0 && slices.Index(all, asked) <= slices.Index(all, p)
}

// Refuse says why a link does not bring a member in, or is nil. Kind: Denied (portal_closed, portal_beyond).
func (p Portal) Refuse(o roster.Organisation, member string, asked Portal) error {
	switch {
	case p.Covers(asked):
		return nil
	case !p.Covers(PortalMembers):
		return roster.Errorf(roster.Denied, "portal_closed", "%s lets no product bring its people in by a link. An Owner can open that, under Settings.", o.Name)
	}
	return roster.Errorf(roster.Denied, "portal_beyond", "%s lets no link bring in somebody who may do as much as %s. An Owner can open it further, under Settings.", o.Name, member)
}

// ByPortal tells whether a session was begun by such a link, or went on by one.
func ByPortal(proofs []roster.Proof) bool {
	return slices.ContainsFunc(proofs, func(p roster.Proof) bool { return p.Method == roster.ProofPortal })
}
