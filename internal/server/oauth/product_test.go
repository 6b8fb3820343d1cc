package oauth_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"roster/internal/act"
	"roster/internal/action/client"
	"roster/internal/action/history"
	"roster/internal/action/team"
	"roster/internal/roster"
)

// product makes a product client and gives it as a robot, since it comes by its tokens like one.
func (h *house) product(name string, permissions ...string) robot {
	h.t.Helper()
	made, err := h.Client.Create(h.CLI(""), client.Draft{Name: name, Permissions: permissions})
	must(h.t, err)
	var r robot
	r.t, r.Secret, r.MadeAPIUser.Member.ClientID = h.t, made.Secret, made.ID
	return r
}

func TestAProductClientGetsATokenWithoutAnOrganisation(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		fleet := h.product("Fleet", act.ClientDecisions, act.ClientCatalogue)
		a := h.post("/oauth2/token", &fleet, url.Values{"grant_type": {"client_credentials"}})
		equal(t, "status", a.StatusCode, http.StatusOK)
		equal(t, "scope", a.body["scope"], any("catalogue.write decisions.read"))
		wide, narrow := a.body["access_token"].(string), h.token(fleet, act.ClientDecisions)
		for text, want := range map[string][]string{wide: {act.ClientCatalogue, act.ClientDecisions}, narrow: {act.ClientDecisions}} {
			actor, err := h.door.Authenticate(context.Background(), text)
			must(t, err)
			if actor.Kind != roster.ActorClient || actor.Organisation != "" || actor.Client != fleet.Member.ClientID || actor.Name != "Fleet" || !slices.Equal(actor.Scopes, want) || !actor.SignedIn() {
				t.Errorf("%+v", actor)
			}
		}
		a = h.post("/oauth2/token", &fleet, url.Values{"grant_type": {"client_credentials"}, "scope": {act.ClientEvents}})
		equal(t, "beyond its own", a.body["error"], any("invalid_scope"))
		wrong := fleet
		wrong.Secret += "x"
		equal(t, "wrong secret", h.post("/oauth2/token", &wrong, url.Values{"grant_type": {"client_credentials"}}).StatusCode, http.StatusUnauthorized)
		seen := func() bool {
			all, err := h.Client.List(h.CLI(""))
			must(t, err)
			return !all[0].UsedAt.IsZero()
		}
		h.door.Close() // what is noted beside the answer
		if !seen() {
			t.Error("its last use was not noted")
		}
	})
}

func TestAProductClientsTokensTellTheTruthAndEnd(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		fleet, other, bot := h.product("Fleet", act.ClientDecisions), h.product("Other", act.ClientDecisions), h.hire("Sync", roster.RoleAuditor)
		catalogue := h.product("Catalogue", act.ClientCatalogue)
		text := h.token(fleet, "")
		a := h.post("/oauth2/introspect", &fleet, url.Values{"token": {text}})
		equal(t, "active", a.body["active"], any(true))
		equal(t, "scope", a.body["scope"], any("decisions.read"))
		equal(t, "sub", a.body["sub"], any(fleet.Member.ClientID))
		equal(t, "client_id", a.body["client_id"], any(fleet.Member.ClientID))
		equal(t, "org", a.body["org"], nil)
		for name, by := range map[string]robot{"another product client": other, "an API user": bot} {
			if h.active(by, text) {
				t.Errorf("%s is told of it", name)
			}
		}
		if ask := h.token(bot, ""); !h.active(fleet, ask) || h.active(catalogue, ask) {
			t.Error("who may ask decisions of every organisation is told what its tokens are worth, and nobody else")
		}

		for name, by := range map[string]robot{"another product client": other, "an API user": bot} {
			h.post("/oauth2/revoke", &by, url.Values{"token": {text}})
			if !h.bears(text) {
				t.Fatalf("%s revoked it", name)
			}
		}
		equal(t, "revoking", h.post("/oauth2/revoke", &fleet, url.Values{"token": {text}}).StatusCode, http.StatusOK)
		if h.bears(text) || h.active(fleet, text) {
			t.Error("a revoked token lives")
		}
		page, err := h.History.List(h.CLI(roster.Installation), history.Query{Action: string(act.TokenRevoke)})
		must(t, err)
		if len(page.Events) != 1 || page.Events[0].ActorID != fleet.Member.ClientID {
			t.Errorf("the installation's history: %+v", page.Events)
		}

		text = h.token(fleet, "")
		if !h.bears(text) {
			t.Fatal("a fresh token is dead")
		}
		_, err = h.Client.Remove(h.CLI(""), "FLEET")
		must(t, err)
		if h.bears(text) {
			t.Error("a removed client's token lives")
		}
		equal(t, "asking", h.post("/oauth2/introspect", &fleet, url.Values{"token": {text}}).StatusCode, http.StatusUnauthorized)
		equal(t, "a new one", h.post("/oauth2/token", &fleet, url.Values{"grant_type": {"client_credentials"}}).StatusCode, http.StatusUnauthorized)
		h.Verified(roster.Installation)
	})
}

// TestNothingIsSaidOfATokenWhoseOrganisationIsShut: while an organisation is suspended, or closed until it is deleted, its
// tokens are inactive for whoever asks about any organisation's, and active again afterwards.
func TestNothingIsSaidOfATokenWhoseOrganisationIsShut(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		fleet, bot := h.product("Fleet", act.ClientDecisions), h.hire("Sync", roster.RoleAuditor)
		text, ctx := h.token(bot, ""), h.CLI(h.Acme.ID)
		is := func(when string, want bool, err error) {
			t.Helper()
			must(t, err)
			equal(t, when, h.active(fleet, text), want)
		}
		is("at first", true, nil)
		_, err := h.Fleet.Suspend(ctx)
		is("suspended", false, err)
		_, err = h.Fleet.Resume(ctx)
		is("resumed", true, err)
		_, err = h.Endings.Delete(ctx, "Acme")
		is("closed", false, err)
		_, err = h.Endings.Undelete(ctx)
		is("taken back", true, err)
	})
}

// A product client is no member: what it was not given by name is not open to it, in any organisation.
func TestAProductClientDoesNothingElse(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		fleet := h.product("Fleet", act.ClientPermissions()...)
		actor, err := h.door.Authenticate(context.Background(), h.token(fleet, ""))
		must(t, err)
		actor.Organisation, actor.Door = h.Acme.ID, roster.DoorAPI
		ctx := h.As(actor)
		_, listed := h.Team.List(ctx, team.Query{})
		_, shown := h.Team.Show(ctx, h.Owner.Member)
		_, made := h.Team.CreateAPIUser(ctx, team.APIUser{Name: "x"})
		_, created := h.Client.Create(ctx, client.Draft{Name: "y", Permissions: []string{act.ClientEvents}})
		_, removed := h.Client.Remove(ctx, "Fleet")
		for name, err := range map[string]error{"list": listed, "show": shown, "create": made, "create client": created, "remove client": removed} {
			if !roster.Is(err, "forbidden") {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
