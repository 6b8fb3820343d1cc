package rostertest

import (
	"roster/internal/action/team"
	"roster/internal/action/unit"
	"roster/internal/authz"
	"roster/internal/roster"
)

// Fleet is a small host product: scopes network and billing, permissions in and outside them.
func Fleet() authz.Declaration {
	return authz.Declaration{
		Scopes: []authz.Scope{{Key: "network", Name: "Network"}, {Key: "billing", Name: "Billing"}},
		Permissions: []authz.Permission{
			{Key: "devices.read", Scope: "network", Kind: authz.Read, Name: "See devices"},
			{Key: "devices.write", Scope: "network", Kind: authz.Write, Name: "Edit devices"},
			{Key: "devices.wipe", Scope: "network", Kind: authz.Irreversible, Name: "Wipe devices"},
			{Key: "invoices.read", Scope: "billing", Kind: authz.Read, Name: "See invoices"},
			{Key: "notices.read", Kind: authz.Read, Name: "See notices"},
		},
	}
}

// Declare makes a declaration the installation's.
func (h *House) Declare(d authz.Declaration) {
	h.T.Helper()
	if _, err := h.Catalogue.Apply(h.CLI(""), d); err != nil {
		h.T.Fatalf("declare: %v", err)
	}
}

// Account makes a customer account as the Owner, below another one (its ID; empty for the organisation).
func (h *House) Account(name string, parent roster.UnitID) roster.UnitID {
	h.T.Helper()
	return h.unit(roster.Account, name, parent)
}

// Group makes a group as the Owner in an account or another group.
func (h *House) Group(name string, parent roster.UnitID) roster.UnitID {
	h.T.Helper()
	return h.unit(roster.Group, name, parent)
}

func (h *House) unit(kind roster.UnitKind, name string, parent roster.UnitID) roster.UnitID {
	h.T.Helper()
	v, err := h.Units.Create(h.As(h.Owner), unit.Draft{Kind: kind, Name: name, Parent: string(parent)})
	if err != nil {
		h.T.Fatalf("make %s %s: %v", kind, name, err)
	}
	return v.ID
}

// Enter invites as the Owner and accepts for the invited, by a copied link.
func (h *House) Enter(in team.Invitation) roster.Actor {
	h.T.Helper()
	v, err := h.Team.Invite(h.As(h.Owner), in)
	if err != nil {
		h.T.Fatalf("invite %s: %v", in.Email, err)
	}
	linked, err := h.Team.Link(h.As(h.Owner), v.ID)
	if err != nil {
		h.T.Fatalf("link for %s: %v", in.Email, err)
	}
	return h.Accept(h.Acme.ID, linked.Secret, in.Profile.FirstName, in.Profile.LastName)
}

// Holder is a new active member "First Holder" with some grants.
func (h *House) Holder(first string, grants ...team.Giving) roster.Actor {
	h.T.Helper()
	return h.Enter(team.Invitation{
		Email:   roster.NewID("p") + "@example.com",
		Profile: roster.Profile{FirstName: first, LastName: "Holder"}, Grants: grants,
	})
}
