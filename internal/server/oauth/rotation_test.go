package oauth_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"roster/internal/act"
	"roster/internal/action/history"
	"roster/internal/action/keyring"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/secret"
	"roster/internal/server/oauth"
)

// published gives the identifiers of the keys that a door publishes.
func (h *house) published() []string {
	h.t.Helper()
	req, err := http.NewRequest(http.MethodGet, h.address+"/oauth2/jwks", nil)
	must(h.t, err)
	a := h.send(req)
	text, err := json.Marshal(a.body)
	must(h.t, err)
	if strings.Contains(string(text), `"d"`) {
		h.t.Error("a private key is published")
	}
	var set jose.JSONWebKeySet
	must(h.t, json.Unmarshal(text, &set))
	var ids []string
	for _, k := range set.Keys {
		ids = append(ids, k.KeyID)
	}
	slices.Sort(ids)
	return ids
}

// signer tells which key signed a token.
func signer(t *testing.T, text string) string {
	t.Helper()
	signed, err := jose.ParseSignedCompact(text, []jose.SignatureAlgorithm{jose.ES256})
	must(t, err)
	return signed.Signatures[0].Protected.KeyID
}

func sorted(ids ...string) string { slices.Sort(ids); return strings.Join(ids, " ") }

// A key follows another: it is published before it signs, on every server at once, and the one before stays until its
// last token has ended.
func TestAKeyFollowsAnother(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		other := second(t, h)
		bot := h.hire("Sync", roster.RoleAuditor)
		old := h.token(bot, "")
		first := signer(t, old)
		made, err := h.Keys.Rotate(h.CLI(""), false) // as the command line does beside a running server
		must(t, err)
		for name, s := range map[string]*house{"the server": h, "another": other} {
			equal(t, name+" publishes", strings.Join(s.published(), " "), sorted(first, made.ID))
			equal(t, name+" signs", signer(t, s.token(bot, "")), first)
		}
		_, err = h.Keys.Rotate(h.CLI(""), false)
		equal(t, "rotated twice", roster.Is(err, "key_waiting"), true)

		h.Clock.Pass(keyring.Soon - time.Second)
		last := h.token(bot, "")
		equal(t, "a second before", signer(t, last), first)
		h.Clock.Pass(time.Second)
		for name, s := range map[string]*house{"the server": h, "another": other} {
			equal(t, name+" signs then", signer(t, s.token(bot, "")), made.ID)
			equal(t, name+" knows old tokens", s.bears(last) && s.active(bot, last), true)
		}
		equal(t, "an hour old", h.bears(old), false)

		h.Clock.Pass(keyring.Beyond - time.Second)
		equal(t, "the old key stays", strings.Join(h.published(), " "), sorted(first, made.ID))
		h.Clock.Pass(time.Second)
		equal(t, "and goes", strings.Join(h.published(), " "), made.ID)
		must(t, h.Keys.Tend(h.CLI("")))
		all, _, err := h.Keys.List(h.CLI(""))
		must(t, err)
		equal(t, "keys that are kept", len(all), 1)

		page, err := h.History.List(h.CLI(roster.Installation), history.Query{Action: string(act.SigningKeyRotate)})
		must(t, err)
		if len(page.Events) != 1 || page.Events[0].Target.ID != made.ID || page.Events[0].ActorKind != roster.ActorCLI {
			t.Errorf("the installation's history: %+v", page.Events)
		}
		h.Verified(roster.Installation)
	})
}

// second opens another server on the same database.
func second(t *testing.T, h *house) *house {
	t.Helper()
	rooms, twin := *h.House.House, *h.House
	rooms.Keys, twin.House = keyring.New(h.Gate, h.Key), &rooms
	return open(t, &twin)
}

// Roster lets a key follow by itself when its time has come, once however many servers look.
func TestAKeyFollowsByItself(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		bot := h.hire("Sync", roster.RoleAuditor)
		first := signer(t, h.token(bot, ""))
		must(t, h.Keys.Tend(h.CLI("")))
		equal(t, "too soon", strings.Join(h.published(), " "), first)
		h.Clock.Pass(keyring.Every)
		must(t, h.Keys.Tend(h.CLI("")))
		must(t, second(t, h).Keys.Tend(h.CLI("")))
		equal(t, "published", len(h.published()), 2)
		equal(t, "signs", signer(t, h.token(bot, "")), first)
		h.Clock.Pass(keyring.Ahead)
		if now := signer(t, h.token(bot, "")); now == first {
			t.Error("the new key does not sign")
		}
	})
}

// A key that others may have is worth nothing at once, and so is whatever it signed.
func TestAKeyIsReplacedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		bot, other := h.hire("Sync", roster.RoleAuditor), second(t, h)
		text := h.token(bot, "")
		equal(t, "before", h.bears(text) && other.bears(text), true)
		_, err := h.Keys.Rotate(h.CLI(""), false)
		must(t, err)
		made, err := h.Keys.Rotate(h.CLI(""), true) // whatever waits
		must(t, err)
		for name, s := range map[string]*house{"the server": h, "another": other} {
			equal(t, name+" bears it", s.bears(text), false)
			equal(t, name+" calls it active", s.active(bot, text), false)
			equal(t, name+" publishes", strings.Join(s.published(), " "), made.ID)
			equal(t, name+" signs", signer(t, s.token(bot, "")), made.ID)
		}
		h.Verified(roster.Installation)
	})
}

func TestAKeyIsNotSealedWithAnotherFile(t *testing.T) {
	h := open(t, rostertest.SQLite(t))
	for _, atOnce := range []bool{false, true} {
		_, err := keyring.New(h.Gate, secret.NewKey()).Rotate(h.CLI(""), atOnce)
		equal(t, "refused", roster.Is(err, "key_wrong"), true)
	}
	if _, err := h.Keys.Rotate(h.As(h.Owner), false); !roster.Is(err, "forbidden") && !roster.Is(err, "not_found") {
		t.Errorf("an Owner rotates: %v", err)
	}
	equal(t, "keys", len(h.published()), 1)
}

// How tokens are come by stands where a resource's metadata is looked for, and refusals lead there (RFC 9728).
func TestRefusalsLeadToTheResourcesMetadata(t *testing.T) {
	h := open(t, rostertest.SQLite(t))
	req, err := http.NewRequest(http.MethodGet, h.address+"/.well-known/oauth-protected-resource", nil)
	must(t, err)
	a := h.send(req)
	equal(t, "status", a.StatusCode, http.StatusOK)
	equal(t, "type", a.Header.Get("Content-Type"), "application/json")
	equal(t, "resource", a.body["resource"], any(base))
	equal(t, "keys", a.body["jwks_uri"], any(base+"/oauth2/jwks"))
	servers, _ := a.body["authorization_servers"].([]any)
	if len(servers) != 1 || servers[0] != base {
		t.Errorf("authorization servers: %v", servers)
	}
	methods, _ := a.body["bearer_methods_supported"].([]any)
	if len(methods) != 1 || methods[0] != "header" {
		t.Errorf("bearer methods: %v", methods)
	}
}

// A door whose clock is behind the database's signs with what it has.
func TestADoorThatIsBehindSigns(t *testing.T) {
	inner := rostertest.SQLite(t)
	u, err := url.Parse(base)
	must(t, err)
	late := func() time.Time { return inner.Clock.Now().Add(-time.Minute) }
	d, err := oauth.New(context.Background(), oauth.Rooms{APIUsers: inner.APIUser, Keys: inner.Keys}, oauth.Settings{BaseURL: u, Clock: late, Log: quiet()})
	must(t, err)
	h := open(t, inner)
	if _, err := d.Authenticate(context.Background(), h.token(h.hire("Sync", roster.RoleAuditor), "")); err != nil {
		t.Errorf("a fresh token: %v", err)
	}
}
