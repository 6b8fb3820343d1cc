package mailbox_test

import (
	"context"
	"slices"
	"testing"

	"roster/internal/action/org"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
)

func need(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// write runs a statement, whatever it writes.
func write(t *testing.T, h *rostertest.House, query string, args ...any) {
	t.Helper()
	need(t, h.DB.Keep(context.Background(), func(ctx context.Context, tx store.Noter) error {
		_, err := tx.Note(ctx, "any", query, args...)
		return err
	}))
}

// stuck gives an organisation members who cannot follow their persons, more than are looked at in one go: somebody else
// there is known by each address.
func stuck(t *testing.T, h *rostertest.House, like roster.Actor) {
	t.Helper()
	const numbers = ` WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 201)`
	write(t, h, `INSERT INTO person (id, managed_by, email, email_folded, created_at)`+numbers+`
		SELECT 'prs_' || n.i, '', 'new' || n.i, 'new' || n.i, 1 FROM n`)
	write(t, h, `INSERT INTO address_change (id, person_id, state, was, was_folded, fresh, fresh_folded, given, asked_at, old_at, new_at, until_at)`+numbers+`
		SELECT 'adc_' || n.i, 'prs_' || n.i, 'done', 'old' || n.i, 'old' || n.i, 'new' || n.i, 'new' || n.i, '', 1, 1, 1, $1 FROM n`, store.Micros(h.Clock.Now().AddDate(0, 0, 3)))
	for name, person := range map[string]string{"old": `'prs_' || n.i`, "new": `NULL`} { // looked at before any other
		write(t, h, `INSERT INTO member (org_id, id, kind, status, before, person_id, external_id, first_name, last_name, name, sort_name, email, email_folded, phone, client_id, block_reason,
				verified_at, last_seen_at, created_at, created_by, updated_at, updated_by, removed_at, version)`+numbers+`
			SELECT m.org_id, '0`+name+`' || n.i, m.kind, m.status, m.before, `+person+`, '', '', '', '', m.sort_name, '`+name+`' || n.i, '`+name+`' || n.i, '', '', '', 1, 1, 1, '', 1, '', 0, 1
			FROM n, member m WHERE m.org_id = $1 AND m.id = $2`, like.Organisation, like.Member)
	}
}

// own is a person of their own in somebody's organisation.
func own(h *rostertest.House, by roster.Actor, name string) roster.Actor {
	return h.Own(by, roster.Actor{}, team.Invitation{Email: name + "@example.com", Profile: roster.Profile{FirstName: name, LastName: "Berg"}})
}

// moves gives a person their new address, which their members do not have yet.
func moves(t *testing.T, h *rostertest.House, who roster.Actor, name string) {
	t.Helper()
	fresh, until := name+"@example.net", store.Micros(h.Clock.Now().AddDate(0, 0, 3))
	write(t, h, `UPDATE person SET email = $1, email_folded = $1 WHERE id = $2`, fresh, who.Person)
	write(t, h, `INSERT INTO address_change (id, person_id, state, was, was_folded, fresh, fresh_folded, given, asked_at, old_at, new_at, until_at)
		VALUES ($1, $2, 'done', $3, $3, $4, $4, '', 1, 1, 1, $5)`, "adc_"+name, who.Person, name+"@example.com", fresh, until)
}

// TestNoMemberWaitsForOneWhoCannotFollow: neither for those whose address is somebody else's there, however many, nor for
// one that fails.
func TestNoMemberWaitsForOneWhoCannotFollow(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		founded, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Beta", Owner: "bea@example.com"})
		need(t, err)
		owners := []roster.Actor{h.Owner, h.Accept(founded.Organisation.ID, founded.Link, "Bea", "Beta")}
		slices.SortFunc(owners, func(a, b roster.Actor) int { // as they are looked at
			if a.Organisation < b.Organisation {
				return -1
			}
			return 1
		})
		first, last := owners[0], owners[1]
		stuck(t, h, first)
		moves(t, h, own(h, first, "fay"), "fay")
		anna := own(h, last, "anna")
		moves(t, h, anna, "anna")
		// The first organisation's history can take no line.
		write(t, h, `INSERT INTO event (org_id, seq, at, action, actor_id, target_id, body, vals, hash) SELECT id, seq + 1, 1, 'x', 'x', 'x', '{}', '[]', 'x' FROM organisation WHERE id = $1`, first.Organisation)
		if err := h.Mailbox.CatchUp(t.Context()); err == nil {
			t.Error("nothing tells that one failed")
		}
		now, err := h.Team.Show(h.As(last), anna.Member)
		if err != nil || now.Email.Typed != "anna@example.net" {
			t.Errorf("Anna is %s: %v", now.Email.Typed, err)
		}
	})
}

// TestAMemberStaysWhereTheirExternalIDIsAnothers: the product calls somebody else by the new address, and until they are gone
// nothing of the member changes, and nothing fails.
func TestAMemberStaysWhereTheirExternalIDIsAnothers(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		anna := own(h, h.Owner, "anna")
		id := "anna@example.com"
		_, err := h.Team.Edit(h.As(h.Owner), anna.Member, team.Edit{ExternalID: &id})
		need(t, err)
		other := h.Join("bo@example.com", "Bo", "Dahl")
		write(t, h, `UPDATE member SET external_id = 'anna@example.net' WHERE id = $1`, other.Member) // from before an address was nobody else's
		moves(t, h, anna, "anna")
		called := func(want string) {
			t.Helper()
			need(t, h.Mailbox.CatchUp(t.Context()))
			if now, err := h.Team.Show(h.As(h.Owner), anna.Member); err != nil || now.Email.Typed != want || now.ExternalID != want {
				t.Errorf("Anna is %s, as the product calls her %s: %v", now.Email.Typed, now.ExternalID, err)
			}
		}
		called("anna@example.com")
		_, err = h.Team.Remove(h.As(h.Owner), other.Member)
		need(t, err)
		called("anna@example.net")
		h.Verified(h.Acme.ID)
	})
}
