package oauth_test

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/server/oauth"
	"roster/internal/token"
)

func auditors() string {
	return strings.Join([]string{authz.DecisionsRead, authz.HistoryRead, authz.MembersRead, authz.OrganisationRead, authz.UnitsRead}, " ")
}

func TestAStockClientGetsAToken(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		bot := h.hire("Sync", roster.RoleAuditor)
		for name, style := range map[string]oauth2.AuthStyle{"basic": oauth2.AuthStyleInHeader, "post": oauth2.AuthStyleInParams, "detected": oauth2.AuthStyleAutoDetect} {
			c := clientcredentials.Config{ClientID: bot.Member.ClientID, ClientSecret: bot.Secret, TokenURL: h.address + "/oauth2/token", AuthStyle: style}
			got, err := c.Token(context.Background())
			must(t, err)
			equal(t, name+" type", got.Type(), "Bearer")
			equal(t, name+" scope", got.Extra("scope"), any(auditors()))
			equal(t, name+" lifetime", got.Extra("expires_in"), any(float64(3600)))
			actor, err := h.door.Authenticate(roster.WithActor(context.Background(), roster.Actor{Door: roster.DoorAPI, Request: "req_1", IP: "192.0.2.1"}), got.AccessToken)
			must(t, err)
			want := roster.Actor{Kind: roster.ActorAPIUser, Organisation: h.Acme.ID, Member: bot.Member.ID, Name: "Sync", Door: roster.DoorAPI, Request: "req_1", IP: "192.0.2.1"}
			if d := cmp.Diff(want, actor); d != "" {
				t.Errorf("%s: %s", name, d)
			}
		}
	})
}

func TestATokenAnswerIsNotKept(t *testing.T) {
	h := open(t, rostertest.SQLite(t))
	bot := h.hire("Sync", roster.RoleMember)
	for _, by := range []*robot{&bot, nil} {
		a := h.post("/oauth2/token", by, url.Values{"grant_type": {"client_credentials"}})
		equal(t, "Cache-Control", a.Header.Get("Cache-Control"), "no-store")
		equal(t, "Pragma", a.Header.Get("Pragma"), "no-cache")
		equal(t, "Content-Type", a.Header.Get("Content-Type"), "application/json")
		if _, told := a.body["scope"]; told {
			t.Error("an API user without permissions is told a scope")
		}
	}
}

func TestScopeNarrows(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		bot := h.hire("Sync", roster.RoleAuditor)
		c := clientcredentials.Config{
			ClientID: bot.Member.ClientID, ClientSecret: bot.Secret, TokenURL: h.address + "/oauth2/token",
			Scopes: []string{authz.MembersRead, authz.MembersRead},
		}
		got, err := c.Token(context.Background())
		must(t, err)
		equal(t, "scope", got.Extra("scope"), any(authz.MembersRead))
		actor, err := h.door.Authenticate(context.Background(), got.AccessToken)
		must(t, err)
		if !slices.Equal(actor.Scopes, []string{authz.MembersRead}) {
			t.Errorf("the bearer's scopes are %q", actor.Scopes)
		}
		actor.Door = roster.DoorAPI
		if _, err := h.Orgs.Show(h.As(actor)); !roster.Is(err, "forbidden") {
			t.Errorf("a token for members.read shows the organisation: %v", err)
		}
		actor.Scopes = nil
		if _, err := h.Orgs.Show(h.As(actor)); err != nil {
			t.Errorf("without narrowing: %v", err)
		}
	})
}

// What a role loses after a token was made, the token loses too: it narrows and never holds anything itself.
func TestATokenHoldsNothingItself(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		bot, watch := h.hire("Sync", roster.RoleAuditor), h.hire("Watch", roster.RoleMember)
		wide, narrow := h.token(bot, ""), h.token(bot, authz.MembersRead)
		scope := func(text string) any {
			return h.post("/oauth2/introspect", &watch, url.Values{"token": {text}}).body["scope"]
		}
		equal(t, "wide", scope(wide), any(auditors()))
		equal(t, "narrow", scope(narrow), any(authz.MembersRead))
		h.regrant(bot, roster.RoleMember)
		equal(t, "wide, later", scope(wide), nil)
		equal(t, "narrow, later", scope(narrow), nil)
		a := h.post("/oauth2/token", &bot, url.Values{"grant_type": {"client_credentials"}, "scope": {authz.MembersRead}})
		equal(t, "asked for again", a.body["error"], any("invalid_scope"))
	})
}

func TestEveryErrorOfTheTokenEndpoint(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		bot, other := h.hire("Sync", roster.RoleAuditor), h.hire("Other", roster.RoleAuditor)
		basic := func(id, secret string) []string {
			return []string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))}
		}
		id, secret := bot.Member.ClientID, bot.Secret
		form := func(pairs ...string) url.Values {
			v := url.Values{"grant_type": {"client_credentials"}}
			for i := 0; i < len(pairs); i += 2 {
				v[pairs[i]] = append(v[pairs[i]], pairs[i+1])
			}
			return v
		}
		for _, c := range []struct {
			name    string
			by      *robot
			form    url.Values
			headers []string
			status  int
			code    string
		}{
			{"no client", nil, form(), nil, 401, "invalid_client"},
			{"wrong secret", nil, form(), basic(id, other.Secret), 401, "invalid_client"},
			{"wrong secret in the form", nil, form("client_id", id, "client_secret", secret+"x"), nil, 401, "invalid_client"},
			{"unknown client", nil, form(), basic("api_00000000000000000000000000", secret), 401, "invalid_client"},
			{"another's client ID", nil, form(), basic(other.Member.ClientID, secret), 401, "invalid_client"},
			{"member ID", nil, form(), basic(string(bot.Member.ID), secret), 401, "invalid_client"},
			{"no client ID", nil, form(), basic("", secret), 401, "invalid_client"},
			{"nul", nil, form(), basic("api%00", "%00"), 401, "invalid_client"},
			{"no UTF-8", nil, form(), basic("%ff", "%fe"), 401, "invalid_client"},
			{"no escape", nil, form(), basic("api%zz", secret), 401, "invalid_client"},
			{"no colon", nil, form(), []string{"Authorization", "Basic YWJj"}, 401, "invalid_client"},
			{"Bearer", nil, form(), []string{"Authorization", "Bearer abc"}, 401, "invalid_client"},
			{"ID alone", nil, form("client_id", id), nil, 401, "invalid_client"},
			{"secret alone", nil, form("client_secret", secret), nil, 401, "invalid_client"},
			{"assertion", nil, form("client_assertion", "x", "client_assertion_type", "y"), nil, 401, "invalid_client"},
			{"two ways", &bot, form("client_id", id, "client_secret", secret), nil, 400, "invalid_request"},
			{"two clients", &bot, form("client_id", other.Member.ClientID), nil, 400, "invalid_request"},
			{"no grant type", &bot, url.Values{}, nil, 400, "invalid_request"},
			{"empty grant type", &bot, url.Values{"grant_type": {""}}, nil, 400, "invalid_request"},
			{"password", &bot, url.Values{"grant_type": {"password"}, "username": {"a"}, "password": {"b"}}, nil, 400, "unsupported_grant_type"},
			{"refresh", &bot, url.Values{"grant_type": {"refresh_token"}}, nil, 400, "unsupported_grant_type"},
			{"grant type twice", &bot, form("grant_type", "client_credentials"), nil, 400, "invalid_request"},
			{"scope twice", &bot, form("scope", authz.MembersRead, "scope", authz.HistoryRead), nil, 400, "invalid_request"},
			{"unknown twice", &bot, form("x", "1", "x", "1"), nil, 400, "invalid_request"},
			{"unknown scope", &bot, form("scope", "everything"), nil, 400, "invalid_scope"},
			{"scope not held", &bot, form("scope", authz.MembersRead+" "+authz.MembersWrite), nil, 400, "invalid_scope"},
			{"blank scope", &bot, form("scope", " "), nil, 400, "invalid_scope"},
			{"two spaces", &bot, form("scope", authz.MembersRead+"  "+authz.HistoryRead), nil, 400, "invalid_scope"},
			{"quoted scope", &bot, form("scope", `"`+authz.MembersRead+`"`), nil, 400, "invalid_scope"},
			{"JSON", &bot, form(), []string{"Content-Type", "application/json"}, 400, "invalid_request"},
			{"no type", &bot, form(), []string{"Content-Type", ""}, 400, "invalid_request"},
			{"multipart", &bot, form(), []string{"Content-Type", "multipart/form-data; boundary=x"}, 400, "invalid_request"},
		} {
			a := h.post("/oauth2/token", c.by, c.form, c.headers...)
			equal(t, c.name+": status", a.StatusCode, c.status)
			equal(t, c.name+": error", a.body["error"], any(c.code))
			equal(t, c.name+": challenge", strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "Basic "), c.status == 401)
			text, _ := a.body["error_description"].(string)
			if text == "" || strings.ContainsAny(text, "\"\\") || strings.Contains(text, secret) {
				t.Errorf("%s: described as %q", c.name, text)
			}
			if a.body["access_token"] != nil {
				t.Errorf("%s: a token", c.name)
			}
		}
		if strings.Contains(h.log.String(), secret) {
			t.Error("the log holds a secret")
		}
	})
}

func TestParametersThatDoNotMatterAreIgnored(t *testing.T) {
	h := open(t, rostertest.SQLite(t))
	bot := h.hire("Sync", roster.RoleAuditor)
	a := h.post("/oauth2/token", &bot, url.Values{
		"grant_type": {"client_credentials"}, "client_id": {bot.Member.ClientID}, "client_secret": {""}, "scope": {""}, "audience": {"x"},
	}, "Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	equal(t, "status", a.StatusCode, 200)
}

func TestTheAddressHoldsNoCredentials(t *testing.T) {
	h := open(t, rostertest.SQLite(t))
	bot := h.hire("Sync", roster.RoleAuditor)
	q := url.Values{"client_id": {bot.Member.ClientID}, "client_secret": {bot.Secret}}
	a := h.post("/oauth2/token?"+q.Encode(), nil, url.Values{"grant_type": {"client_credentials"}})
	equal(t, "status", a.StatusCode, 400)
	if strings.Contains(h.log.String(), bot.Secret) {
		t.Error("the log holds the secret")
	}
}

func TestOnlyPOSTGetsTokens(t *testing.T) {
	h := open(t, rostertest.SQLite(t))
	for _, path := range []string{"/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"} {
		for _, method := range []string{"GET", "PUT", "DELETE"} {
			req, err := http.NewRequest(method, h.address+path, nil)
			must(t, err)
			a := h.send(req)
			equal(t, method+" "+path, a.StatusCode, 405)
			equal(t, "Allow", a.Header.Get("Allow"), "POST")
		}
	}
}

func TestWhoIsBlockedOrRemovedGetsNoTokenAndBearsNone(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		bot, watch := h.hire("Sync", roster.RoleAuditor), h.hire("Watch", roster.RoleMember)
		text := h.token(bot, "")
		refused := func(what string) {
			t.Helper()
			a := h.post("/oauth2/token", &bot, url.Values{"grant_type": {"client_credentials"}})
			equal(t, what+": status", a.StatusCode, 401)
			equal(t, what+": error", a.body["error"], any("invalid_client"))
			equal(t, what+": bears", h.bears(text), false)
			equal(t, what+": active", h.active(watch, text), false)
			a = h.post("/oauth2/introspect", &bot, url.Values{"token": {text}})
			equal(t, what+": asks", a.body["error"], any("invalid_client"))
		}
		equal(t, "bears", h.bears(text), true)
		equal(t, "active", h.active(watch, text), true)
		h.block(bot)
		refused("blocked")
		h.unblock(bot)
		equal(t, "bears again", h.bears(text), true)
		equal(t, "active again", h.active(watch, text), true)
		h.remove(bot)
		refused("removed")
	})
}

func TestATokenEnds(t *testing.T) {
	h := open(t, rostertest.SQLite(t))
	bot := h.hire("Sync", roster.RoleAuditor)
	text := h.token(bot, "")
	h.Clock.Pass(time.Hour - time.Second)
	equal(t, "in its last second", h.bears(text) && h.active(bot, text), true)
	h.Clock.Pass(time.Second)
	equal(t, "bears", h.bears(text), false)
	equal(t, "active", h.active(bot, text), false)
}

func TestATokenIsNotMadeByHand(t *testing.T) {
	h := open(t, rostertest.SQLite(t))
	bot := h.hire("Sync", roster.RoleAuditor)
	part := strings.Split(h.token(bot, ""), ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"at+jwt"}`))
	k, err := token.NewKey()
	must(t, err)
	foreign, err := token.NewSigner(base, base, k)
	must(t, err)
	forged, err := foreign.Sign(token.Claims{
		Subject: string(bot.Member.ID), Organisation: string(bot.Member.Org), ID: "tok_1", IssuedAt: h.Clock.Now(), Expires: h.Clock.Now().Add(time.Hour),
	})
	must(t, err)
	for name, text := range map[string]string{
		"nothing": "x", "alg none": none + "." + part[1] + ".", "tampered": part[0] + "." + part[1] + "A." + part[2], "another key": forged,
	} {
		equal(t, name+" bears", h.bears(text), false)
		equal(t, name+" active", h.active(bot, text), false)
		equal(t, name+" revoked", h.post("/oauth2/revoke", &bot, url.Values{"token": {text}}).StatusCode, 200)
	}
}

// Two processes that start on a new database at once, and one that starts later, sign with one key.
func TestProcessesAgreeOnTheKey(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, inner *rostertest.House) {
		u, err := url.Parse(base)
		must(t, err)
		doors := make([]*oauth.Door, 8)
		failed := make(chan error, len(doors))
		for i := range doors {
			go func() {
				var err error
				doors[i], err = oauth.New(context.Background(), oauth.Rooms{APIUsers: inner.APIUser, Keys: inner.Keys}, oauth.Settings{BaseURL: u, Clock: inner.Clock.Now, Log: quiet()})
				failed <- err
			}()
		}
		for range doors {
			must(t, <-failed)
		}
		h := open(t, inner)
		text := h.token(h.hire("Sync", roster.RoleAuditor), "")
		for i, d := range doors {
			if _, err := d.Authenticate(context.Background(), text); err != nil {
				t.Errorf("door %d: %v", i, err)
			}
		}
	})
}
