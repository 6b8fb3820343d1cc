package doors_test

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"roster/internal/action/method"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/provider"
	"roster/internal/store"
)

// TestWhoRestsOnPasswordsAlone: before e-mail and password is switched off, whoever does it is told how many lose their access.
// A connection keeps somebody in only as it lets them in: one that is off, was not tested as it is, is not confirmed, or knows
// nobody by their subject does not; and who has a connection and nothing else has nothing to lose.
func TestWhoRestsOnPasswordsAlone(t *testing.T) {
	eachConnected(t, func(t *testing.T, c *connected) {
		owner := c.owner()
		okta, off, draft, anew := c.ready(owner, "Okta"), c.ready(owner, "Off"), c.ready(owner, "Draft"), c.ready(owner, "Anew")
		signsIn := func(name string) {
			c.p.SignsIn(map[string]any{"sub": name + "-1", "email": name + "@example.com", "email_verified": true})
		}
		managed := func(id, name string) {
			t.Helper()
			signsIn(name)
			v := c.Visitor()
			v.Get(c.invited(id, name+"@example.com", name+"@example.com"))
			if a := c.through(v, v.Post("/invitation/connection")); !isIn(a) {
				t.Fatalf("%s: %d %s %.1500s", name, a.Status, a.Path, a.Body)
			}
		}
		own := func(id, name string, confirms bool) {
			t.Helper()
			m := c.Own(c.Owner, roster.Actor{}, named(name+"@example.com", name, "Berg"))
			if a := chooses(t, owner, m.Member, id, name+"@example.com"); a.Status != http.StatusOK {
				t.Fatalf("%s: %d %.1500s", name, a.Status, a.Body)
			}
			if !confirms {
				return
			}
			signsIn(name)
			v := c.Visitor()
			v.Post("/sign-in", "email", name+"@example.com", "password", rostertest.Password)
			if a := c.through(v, v.Post("/o/acme/sign-in/"+id)); !isIn(a) {
				t.Fatalf("%s confirms: %d %s %.1500s", name, a.Status, a.Path, a.Body)
			}
		}
		managed(okta, "anna")
		own(okta, "bea", true)
		own(okta, "cleo", false) // who counts, as do Dora, Edda and Fay
		own(off, "dora", true)
		own(draft, "edda", true)
		own(anew, "fay", true)
		managed(off, "gus")
		c.invited(okta, "hanna@example.com", "hanna")
		c.invited(off, "ina@example.com", "ina")
		_, err := c.Team.Invite(c.As(c.Owner), named("jo@example.com", "Jo", "Berg")) // who counts
		must(t, err)

		methods := "/o/acme/settings/methods/"
		owner.Post(methods + off + "/disable")
		scopes, claim := []string{"openid"}, "sub"
		_, err = c.Methods.Edit(c.As(c.Owner), draft, method.Edit{Scopes: &scopes})
		must(t, err)
		_, err = c.Methods.Edit(c.As(c.Owner), anew, method.Edit{IdentifierClaim: &claim})
		must(t, err)
		if a := c.through(owner, owner.Post(methods+anew+"/test")); a.Status != http.StatusOK {
			t.Fatalf("tested anew: %d %.1500s", a.Status, a.Body)
		}
		if q := owner.Get(methods + "password/disable"); !strings.Contains(q.Body, "5 people lose their access at once") || !strings.Contains(q.Body, "1 invitation by it cannot be accepted.") {
			t.Errorf("the question: %.3000s", q.Body)
		}
	})
}

// isSealed holds that a connection's client secret is kept sealed, and for its own row alone: in another's it opens nothing.
func (c *connected) isSealed(t *testing.T, owner *rostertest.Visitor, id string) {
	t.Helper()
	raw, err := store.One(t.Context(), c.DB.Reader(), store.Scan[string], `SELECT client_secret FROM login_method WHERE id = $1`, id)
	must(t, err)
	if raw.Value == "" || strings.Contains(raw.Value, provider.Secret) || strings.Contains(raw.Value, base64.RawURLEncoding.EncodeToString([]byte(provider.Secret))) {
		t.Errorf("the client secret is kept as %q", raw.Value)
	}
	thief := c.make(owner, "Thief")
	must(t, c.DB.Keep(t.Context(), func(ctx context.Context, tx store.Noter) error {
		_, err := tx.Note(ctx, "any", `UPDATE login_method SET client_secret = $1 WHERE id = $2`, raw.Value, thief)
		return err
	}))
	asked := c.p.Asked()
	if a := owner.Post("/o/acme/settings/methods/" + thief + "/test"); a.Status != http.StatusInternalServerError || c.p.Asked() != asked {
		t.Errorf("a sealed secret opens for another connection: %d %s", a.Status, a.Header.Get("Refresh"))
	}
	owner.Post("/o/acme/settings/methods/" + thief + "/delete")
}
