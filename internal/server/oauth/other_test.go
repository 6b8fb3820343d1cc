package oauth_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"roster/internal/act"
	"roster/internal/action/history"
	"roster/internal/action/keyring"
	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/secret"
	"roster/internal/server/oauth"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func (h *house) block(r robot) {
	h.t.Helper()
	_, err := h.Team.Block(h.As(h.Owner), r.Member.ID, "")
	must(h.t, err)
}

func (h *house) unblock(r robot) {
	h.t.Helper()
	_, err := h.Team.Unblock(h.As(h.Owner), r.Member.ID)
	must(h.t, err)
}

func (h *house) remove(r robot) {
	h.t.Helper()
	_, err := h.Team.Remove(h.As(h.Owner), r.Member.ID)
	must(h.t, err)
}

func TestIntrospectionTellsTheTruth(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		bot, watch := h.hire("Sync", roster.RoleAuditor), h.hire("Watch", roster.RoleMember)
		text := h.token(bot, authz.MembersRead)
		a := h.post("/oauth2/introspect", &watch, url.Values{"token": {text}, "token_type_hint": {"refresh_token"}})
		id, _ := a.body["jti"].(string)
		if !strings.HasPrefix(id, "tok_") {
			t.Errorf("jti %q", id)
		}
		now := float64(h.Clock.Now().Unix())
		want := map[string]any{
			"active": true, "scope": authz.MembersRead, "client_id": bot.Member.ClientID, "token_type": "Bearer", "exp": now + 3600, "iat": now,
			"sub": string(bot.Member.ID), "aud": base, "iss": base, "jti": id, "org": string(h.Acme.ID),
		}
		if d := cmp.Diff(want, a.body); d != "" {
			t.Error(d)
		}
	})
}

func TestAnotherOrganisationsTokenIsUnknown(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		bot, stranger := h.hire("Sync", roster.RoleAuditor), h.hireAt(h.neighbour(), "Spy", roster.RoleAuditor)
		text := h.token(bot, "")
		equal(t, "at home", h.active(bot, text), true)
		equal(t, "abroad", h.active(stranger, text), false)
		a := h.post("/oauth2/revoke", &stranger, url.Values{"token": {text}})
		equal(t, "revoking it", a.StatusCode, 200)
		equal(t, "after that", h.bears(text), true)
		equal(t, "home history", h.revocations(h.Acme.ID), 0)
	})
}

func TestARevokedTokenIsDead(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		bot, other := h.hire("Sync", roster.RoleAuditor), h.hire("Other", roster.RoleAuditor)
		text, kept := h.token(bot, ""), h.token(bot, "")
		a := h.post("/oauth2/revoke", &other, url.Values{"token": {text}})
		equal(t, "by another: status", a.StatusCode, 400)
		equal(t, "by another: error", a.body["error"], any("unauthorized_client"))
		equal(t, "still good", h.bears(text) && h.active(other, text), true)
		for range 2 {
			a = h.post("/oauth2/revoke", &bot, url.Values{"token": {text}, "token_type_hint": {"access_token"}})
			equal(t, "by its own client", a.StatusCode, 200)
			equal(t, "bears", h.bears(text), false)
			equal(t, "active", h.active(bot, text), false)
		}
		equal(t, "the other token", h.bears(kept) && h.active(bot, kept), true)
		equal(t, "lines in the history", h.revocations(h.Acme.ID), 1)
		h.Verified(h.Acme.ID)
	})
}

// revocations counts the history's lines about revoked tokens.
func (h *house) revocations(o roster.OrgID) int {
	h.t.Helper()
	page, err := h.History.List(h.CLI(o), history.Query{Action: string(act.TokenRevoke)})
	must(h.t, err)
	return len(page.Events)
}

func TestIntrospectionAndRevocationWantAClientAndAToken(t *testing.T) {
	h := open(t, rostertest.SQLite(t))
	bot := h.hire("Sync", roster.RoleAuditor)
	text := h.token(bot, "")
	for _, path := range []string{"/oauth2/introspect", "/oauth2/revoke"} {
		a := h.post(path, nil, url.Values{"token": {text}})
		equal(t, path+" without client", a.body["error"], any("invalid_client"))
		equal(t, path+" challenge", a.Header.Get("WWW-Authenticate") != "", true)
		a = h.post(path, nil, url.Values{"token": {text}}, "Authorization", "Bearer "+text)
		equal(t, path+" with a token for a client", a.body["error"], any("invalid_client"))
		a = h.post(path, &bot, url.Values{})
		equal(t, path+" without token", a.body["error"], any("invalid_request"))
		a = h.post(path, &bot, url.Values{"token": {text, text}})
		equal(t, path+" token twice", a.body["error"], any("invalid_request"))
	}
	equal(t, "untouched", h.bears(text), true)
}

func TestTheMetadataLeadsToTheDoor(t *testing.T) {
	h := open(t, rostertest.SQLite(t))
	get := func(path string) (text string) {
		t.Helper()
		req, err := http.NewRequest("GET", h.address+path, nil)
		must(t, err)
		a := h.send(req)
		equal(t, path, a.StatusCode, 200)
		equal(t, path+" type", a.Header.Get("Content-Type"), "application/json")
		b, err := json.Marshal(a.body)
		must(t, err)
		return string(b)
	}
	var m struct {
		Issuer  string   `json:"issuer"`
		Token   string   `json:"token_endpoint"`
		Inspect string   `json:"introspection_endpoint"`
		Revoke  string   `json:"revocation_endpoint"`
		Keys    string   `json:"jwks_uri"`
		Grants  []string `json:"grant_types_supported"`
		Methods []string `json:"token_endpoint_auth_methods_supported"`
	}
	must(t, json.Unmarshal([]byte(get("/.well-known/oauth-authorization-server")), &m))
	equal(t, "issuer", m.Issuer, base)
	equal(t, "token", m.Token, base+"/oauth2/token")
	equal(t, "introspection", m.Inspect, base+"/oauth2/introspect")
	equal(t, "revocation", m.Revoke, base+"/oauth2/revoke")
	equal(t, "grants", strings.Join(m.Grants, " "), "client_credentials")
	equal(t, "methods", strings.Join(m.Methods, " "), "client_secret_basic client_secret_post private_key_jwt")

	var set jose.JSONWebKeySet
	must(t, json.Unmarshal([]byte(get(strings.TrimPrefix(m.Keys, base))), &set))
	signed, err := jose.ParseSignedCompact(h.token(h.hire("Sync", roster.RoleMember), ""), []jose.SignatureAlgorithm{jose.ES256})
	must(t, err)
	if _, err := signed.Verify(set.Key(signed.Signatures[0].Protected.KeyID)[0]); err != nil {
		t.Errorf("the published key does not verify a token: %v", err)
	}
}

func TestLastUseIsNotedBesideTheAnswer(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		bot := h.hire("Sync", roster.RoleMember)
		seen := func() time.Time {
			h.door.Close() // waits for what is being noted
			v, err := h.Team.Show(h.As(h.Owner), bot.Member.ID)
			must(t, err)
			return v.Member.LastSeenAt
		}
		equal(t, "before", seen().IsZero(), true)
		first := h.Clock.Now()
		h.token(bot, "")
		equal(t, "after one", seen(), first)
		h.Clock.Pass(59 * time.Second)
		h.token(bot, "")
		equal(t, "within the minute", seen(), first)
		h.Clock.Pass(time.Second)
		h.token(bot, "")
		equal(t, "after a minute", seen(), first.Add(time.Minute))
	})
}

func (h *house) regrant(r robot, roles ...string) {
	h.t.Helper()
	ctx := h.As(h.Owner)
	grants := team.RoleGivings(roles...)
	_, err := h.Team.Edit(ctx, r.Member.ID, team.Edit{Grants: &grants})
	must(h.t, err)
}

func TestADoorIsNotOpenedByHalves(t *testing.T) {
	inner := rostertest.SQLite(t)
	open(t, inner)
	u, err := url.Parse(base)
	must(t, err)
	rooms := oauth.Rooms{APIUsers: inner.APIUser, Keys: inner.Keys}
	whole := oauth.Settings{BaseURL: u, Clock: inner.Clock.Now, Log: quiet()}
	for name, spoil := range map[string]func(*oauth.Settings){
		"no address": func(s *oauth.Settings) { s.BaseURL = nil },
		"no clock":   func(s *oauth.Settings) { s.Clock = nil }, "no log": func(s *oauth.Settings) { s.Log = nil },
		"half a second": func(s *oauth.Settings) { s.Lifetime = time.Second / 2 }, "past": func(s *oauth.Settings) { s.Lifetime = -time.Hour },
	} {
		s := whole
		spoil(&s)
		if _, err := oauth.New(context.Background(), rooms, s); err == nil {
			t.Errorf("%s: a door", name)
		}
	}
	if _, err := oauth.New(context.Background(), oauth.Rooms{APIUsers: inner.APIUser}, whole); err == nil {
		t.Error("without keys: a door")
	}
	rooms.Keys = keyring.New(inner.Gate, secret.NewKey())
	if _, err := oauth.New(context.Background(), rooms, whole); err == nil || !strings.Contains(err.Error(), "key file") {
		t.Errorf("with another key file: %v", err)
	}
}
