package act

import "roster/internal/authz"

// The actions about the host product's links into the dashboard.
const (
	PortalShow   Name = "organisation.portal_show"
	PortalSet    Name = "organisation.portal"
	PortalCreate Name = "portal.create"
	PortalLink   Name = "portal.link"
	PortalEnter  Name = "portal.enter"
)

// portalActions are about them. To open the portal is to add a way in; a link is the product's own to ask for, and whoever
// has it proves by it that the product did (decision 061).
func portalActions() []Action {
	return []Action{
		{Name: PortalShow, Permission: authz.OrganisationRead, Kind: authz.Read},
		{Name: PortalSet, Permission: authz.MethodsWrite, Kind: authz.Write, Who: People, Confirm: true},
		{Name: PortalCreate, Kind: authz.Write, Who: RootOnly, Clients: ClientPortal},
		{Name: PortalLink, Kind: authz.Read, Who: Anybody},
		{Name: PortalEnter, Kind: authz.Write, Who: Anybody},
	}
}
