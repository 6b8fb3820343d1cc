package oauth_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"roster/internal/action/history"
	"roster/internal/action/team"
	"roster/internal/action/unit"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// A token never does more than both its scope and its API user's present authority: what it is worth is what both have,
// at the gate and by introspection, whatever was given and taken since it was made.
func TestATokenDoesWhatItsScopeAndItsAPIUserBothMay(t *testing.T) {
	h := open(t, rostertest.SQLite(t))
	watch, bot := h.hire("Watch", roster.RoleMember), h.hire("Sync", roster.RoleMember)
	// What each permission opens, by itself and in the scope of administration.
	opens := map[string]func(context.Context) error{
		authz.MembersRead:      func(ctx context.Context) error { _, err := h.Team.List(ctx, team.Query{}); return err },
		authz.UnitsRead:        func(ctx context.Context) error { _, err := h.Units.List(ctx, unit.Query{}); return err },
		authz.HistoryRead:      func(ctx context.Context) error { _, err := h.History.List(ctx, history.Query{}); return err },
		authz.OrganisationRead: func(ctx context.Context) error { _, err := h.Orgs.Show(ctx); return err },
	}
	var keys []string
	for key := range opens {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	some := rapid.SliceOfDistinct(rapid.SampledFrom(keys), rapid.ID[string])
	grant := func(held []string) {
		grants := []team.Giving{{Scope: authz.Admin}}
		for _, p := range held {
			grants = append(grants, team.Giving{Permission: p})
		}
		_, err := h.Team.Edit(h.As(h.Owner), bot.ID, team.Edit{Grants: &grants})
		must(t, err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		held := some.Draw(rt, "held")
		grant(held)
		scope := slices.DeleteFunc(some.Draw(rt, "scope"), func(p string) bool { return !slices.Contains(held, p) })
		text := h.token(bot, strings.Join(scope, " "))
		for range 3 {
			now := some.Draw(rt, "held now")
			grant(now)
			var want []string
			for _, p := range keys {
				if slices.Contains(now, p) && (len(scope) == 0 || slices.Contains(scope, p)) {
					want = append(want, p)
				}
			}
			got, _ := h.post("/oauth2/introspect", &watch, url.Values{"token": {text}}).body["scope"].(string)
			if got != strings.Join(want, " ") {
				rt.Fatalf("held %v, scope %v: introspection says %q, not %v", now, scope, got, want)
			}
			actor, err := h.door.Authenticate(context.Background(), text)
			must(t, err)
			actor.Door = roster.DoorAPI
			for p, open := range opens {
				if err := open(h.As(actor)); (err == nil) != slices.Contains(want, p) {
					rt.Fatalf("held %v, scope %v: %s answers %v", now, scope, p, err)
				}
			}
		}
	})
}

// A token says that it ends when its API user does: a resource server that reads nothing else believes it no longer.
func TestATokenEndsWithItsAPIUser(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		watch, bot := h.hire("Watch", roster.RoleMember), h.hire("Sync", roster.RoleMember)
		for _, c := range []struct {
			end  time.Time
			want time.Duration
		}{{h.Clock.Now().Add(10 * time.Minute), 10 * time.Minute}, {h.Clock.Now().Add(2 * time.Hour), time.Hour}, {time.Time{}, time.Hour}} {
			_, err := h.Credentials.SetEnd(h.As(h.Owner), bot.ID, c.end)
			must(t, err)
			got := h.post("/oauth2/token", &bot, url.Values{"grant_type": {"client_credentials"}}).body
			equal(t, "expires_in", got["expires_in"], any(c.want.Seconds()))
			text, _ := got["access_token"].(string)
			equal(t, "exp", h.post("/oauth2/introspect", &watch, url.Values{"token": {text}}).body["exp"], any(float64(h.Clock.Now().Add(c.want).Unix())))
		}
	})
}

// Tokens are counted, whether or not somebody comes again.
func TestTokensAreCounted(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		bot := h.hire("Sync", roster.RoleMember)
		for range 3 {
			h.token(bot, "")
		}
		h.door.Close()
		count := func() int64 {
			v, err := h.Credentials.Show(h.As(h.Owner), bot.ID)
			must(t, err)
			return v.Issued.Tokens
		}
		equal(t, "noted with the first", count(), 1)
		h.Clock.Pass(10 * time.Second)
		h.token(bot, "")
		last := h.Clock.Now()
		h.Clock.Pass(45 * time.Second)
		gone, leave := context.WithCancel(context.Background())
		leave()
		if h.door.CatchUp(gone) == nil {
			t.Error("what cannot be written is noted")
		}
		equal(t, "not noted", count(), 1)
		must(t, h.door.CatchUp(context.Background()))
		equal(t, "caught up", count(), 4)
		must(t, h.door.CatchUp(context.Background()))
		equal(t, "once", count(), 4)
		v, err := h.Credentials.Show(h.As(h.Owner), bot.ID)
		must(t, err)
		equal(t, "the last", v.Issued.Last, last)
		equal(t, "when it was used", v.Secrets[0].UsedAt, last)
		equal(t, "from where", v.Secrets[0].UsedIP, "127.0.0.1")
		equal(t, "when it was here", v.Member.LastSeenAt, last)
		h.post("/oauth2/introspect", &bot, url.Values{"token": {"x"}})
		must(t, h.door.CatchUp(context.Background()))
		equal(t, "an introspection is no token", count(), 4)
	})
}
