package doors_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"roster/internal/act"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/jobdb"
)

// TestAnOperatorEntersAnOrganisationInSightOfItsOwners is the story of a visit: for a reason, told, to look alone, for an
// hour; and with the Owners' leave to change something, as an operator and never as a member.
func TestAnOperatorEntersAnOrganisationInSightOfItsOwners(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		v, owner := s.operates("ana@example.net"), s.Visitor()
		owner.SignIn("olga@example.com", rostertest.Password)
		if a := v.Get("/o/acme/team"); a.Status != http.StatusNotFound {
			t.Errorf("without a visit: %d", a.Status)
		}
		if a := v.Post("/operator/organisations/acme/visit", "reason", " "); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("without a reason: %d", a.Status)
		}
		if a := v.Post("/operator/organisations/acme/visit", "reason", "Ticket 4711"); a.Status != http.StatusOK || a.Path != "/o/acme/team" || !strings.Contains(a.Body, "You are in Acme as an operator, and only look") {
			t.Fatalf("entering leads to %s: %d", a.Path, a.Status)
		}
		if l := lines(t, h, h.Acme.ID, act.OrganisationVisit); len(l) != 1 || l[0].ActorKind != roster.ActorOperator || l[0].ActorName != "ana@example.net" || l[0].Changes[0].To != "Ticket 4711" {
			t.Errorf("the visit's line: %+v", l)
		}
		if a := owner.Get("/o/acme/history"); !strings.Contains(a.Body, "Ticket 4711") || !strings.Contains(a.Body, "ana@example.net") {
			t.Errorf("the Owner's history does not tell of it: %d", a.Status)
		}
		told := 0
		waiting, err := h.Outbox.List(h.CLI(""), 10)
		must(t, err)
		for _, j := range waiting {
			if j.Kind == jobdb.VisitLetter && j.To == "olga@example.com" {
				told++
			}
		}
		if told != 1 {
			t.Errorf("the Owner gets %d letters", told)
		}
		s.visited(t, v, false)
		if a := owner.Get("/o/acme/notifications"); !strings.Contains(a.Body, "An operator entered the organisation.") || !strings.Contains(a.Body, "Notifications, 1 not read") {
			t.Errorf("the Owner's notifications do not tell of it: %d", a.Status)
		}
		if a := v.Get("/o/acme/team"); strings.Contains(a.Body, "/notifications") {
			t.Error("an operator who visits has a bell")
		}
		if a := v.Get("/o/acme/notifications"); a.Status != http.StatusForbidden {
			t.Errorf("an operator who visits is told: %d", a.Status)
		}
		for _, wrong := range []string{"168h0m1s", "-1s", "always", ""} {
			if a := owner.Post("/o/acme/settings/operators", "lasts", wrong); a.Status != http.StatusUnprocessableEntity {
				t.Errorf("a leave of %q: %d", wrong, a.Status)
			}
		}
		if a := owner.Post("/o/acme/settings/operators", "lasts", "1h0m0s"); !strings.Contains(a.Body, "may change something until") {
			t.Errorf("the Owner's leave: %d %.300s", a.Status, a.Body)
		}
		s.visited(t, v, true)
		made := lines(t, h, h.Acme.ID, act.UnitCreate)
		if len(made) == 0 || made[0].ActorKind != roster.ActorOperator || roster.IsMemberID(made[0].ActorID) {
			t.Errorf("who made the customer account: %+v", made)
		}
		owner.Post("/o/acme/settings/operators", "lasts", "0s")
		s.visited(t, v, false)
		h.Clock.Pass(50 * time.Minute)
		if a := v.Get("/o/acme/team"); a.Status != http.StatusOK {
			t.Errorf("within the hour: %d", a.Status)
		}
		h.Clock.Pass(11 * time.Minute)
		if a := v.Get("/o/acme/team"); a.Status != http.StatusNotFound {
			t.Errorf("after an hour: %d", a.Status)
		}
		s.leaves(t)
		s.apart(t)
		h.Verified(h.Acme.ID)
	})
}

// apart holds that a visit belongs to the session in which it began, and to one organisation.
func (s *site) apart(t *testing.T) {
	t.Helper()
	v, codes := s.operating("two@example.net")
	if a := v.Post("/operator/organisations/acme/visit", "reason", "Ticket 4713"); a.Path != "/o/acme/team" {
		t.Fatalf("entering leads to %s: %d", a.Path, a.Status)
	}
	other := s.Visitor()
	other.Post("/sign-in", "email", "two@example.net", "password", rostertest.Password, "next", "/operator")
	if a := other.Post("/sign-in/second", "code", codes[0], "next", "/operator"); a.Path != "/operator" || a.Status != http.StatusOK {
		t.Fatalf("another session leads to %s: %d", a.Path, a.Status)
	}
	if a := other.Get("/o/acme/team"); a.Status != http.StatusNotFound {
		t.Errorf("another session of the operator is in: %d", a.Status)
	}
	other.Post("/operator/add", "name", "Beside", "owner", "bea@example.com", "plan", "playground")
	if a := v.Get("/o/beside/team"); a.Status != http.StatusNotFound {
		t.Errorf("another organisation is open by the visit: %d", a.Status)
	}
}

// leaves holds that a visit ends when its operator says so, and with the mark.
func (s *site) leaves(t *testing.T) {
	t.Helper()
	for name, end := range map[string]func(v *rostertest.Visitor){
		"left@example.net": func(v *rostertest.Visitor) {
			if a := v.Post("/operator/organisations/acme/leave"); a.Path != "/operator/organisations/acme" {
				t.Errorf("leaving leads to %s: %d", a.Path, a.Status)
			}
		},
		"gone@example.net": func(*rostertest.Visitor) {
			_, err := s.Operators.Remove(s.CLI(""), "gone@example.net")
			must(t, err)
		},
		"bare@example.net": func(v *rostertest.Visitor) { // without the mark alone, in the session that is there still
			must(t, s.DB.Keep(context.Background(), func(ctx context.Context, tx store.Noter) error {
				_, err := tx.Note(ctx, "operator", `DELETE FROM operator WHERE person_id IN (SELECT id FROM person WHERE email_folded = $1)`, "bare@example.net")
				return err
			}))
			if a := v.Get("/operator"); a.Status != http.StatusNotFound {
				t.Errorf("who is no operator any more is in the area: %d", a.Status)
			}
		},
	} {
		v := s.operates(name)
		if a := v.Post("/operator/organisations/acme/visit", "reason", "Ticket 4712"); a.Path != "/o/acme/team" {
			t.Errorf("%s enters: %s %d", name, a.Path, a.Status)
		}
		end(v)
		if a := v.Get("/o/acme/team"); a.Path == "/o/acme/team" && a.Status == http.StatusOK {
			t.Errorf("%s is in still", name)
		}
	}
}

// visited holds what an operator who entered can do in every route of the organisation.
func (s *site) visited(t *testing.T, v *rostertest.Visitor, writes bool) {
	t.Helper()
	known, there := actions(), things(t, s.House, s.Owner, invite(t, s.House))
	was, read, wrote := position(t, s.House, s.Acme.ID), 0, 0
	for r, a := range asks(s) {
		if tokens(r.Pattern) || !ours(r.Pattern) || kindOf(r.Pattern) == "import" { // whoever sent one in is alone with it
			continue
		}
		text, _ := body(r)
		path := filled(r.Pattern, there)
		if !r.Unsafe() {
			if got := v.Get(path); a.ToOperator(writes) == nil && got.Status == http.StatusOK {
				read++
			} else if (a.ToOperator(writes) == nil) != (got.Status == http.StatusOK) {
				t.Errorf("%s %s (%s) as a visitor: %d", r.Method, path, r.Action, got.Status)
			}
			continue
		}
		var fields []string
		for pair := range strings.SplitSeq(text, "&") {
			name, value, _ := strings.Cut(pair, "=")
			fields = append(fields, name, strings.NewReplacer("%3D", "=", "%20", " ").Replace(value))
		}
		got := v.Post(path, fields...)
		switch {
		case known[r.Action].ToOperator(writes) != nil && got.Status < 400:
			t.Errorf("%s %s (%s) as a visitor: %d", r.Method, path, r.Action, got.Status)
		case got.Status >= 500:
			t.Errorf("%s %s (%s) as a visitor: %d", r.Method, path, r.Action, got.Status)
		case got.Status == http.StatusOK:
			wrote++
		}
	}
	now := position(t, s.House, s.Acme.ID)
	if read < 12 {
		t.Errorf("only %d pages were read", read)
	}
	if !writes && now != was {
		t.Errorf("a visitor who only looks moved the history from %d to %d", was, now)
	}
	if writes && (now == was || wrote == 0) {
		t.Errorf("a visitor who may write changed nothing: %d answers", wrote)
	}
}

// TestWhatAnOperatorOnlyTriedIsKeptInNoMind: several rows that an operator tries move the history on within their transaction alone.
// What they saw there of the Owners' leave is not believed afterwards, when the history really gets so far.
func TestWhatAnOperatorOnlyTriedIsKeptInNoMind(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		var all []string
		for _, name := range []string{"ann", "bob", "cleo"} {
			all = append(all, `"`+string(h.Join(name+"@example.com", name, "One", roster.RoleMember).Member)+`"`)
		}
		v, owner := s.operates("ana@example.net"), s.Visitor()
		owner.SignIn("olga@example.com", rostertest.Password)
		v.Post("/operator/organisations/acme/visit", "reason", "Ticket 4711")
		owner.Post("/o/acme/settings/operators", "lasts", "1h0m0s")
		act := func(dry string) reply {
			return s.stranger().send(http.MethodPost, at(h.Acme.ID, "members/bulk"), `{"action":"block","members":[`+strings.Join(all, ",")+`]`+dry+`}`,
				"Content-Type", "application/json", "Cookie", "__Host-roster="+v.Cookie("__Host-roster"))
		}
		if r := act(`,"dry_run":true`); r.status != http.StatusOK || strings.Count(r.body, `"status":200`) != 3 {
			t.Errorf("tried with leave: %d %.400s", r.status, r.body)
		}
		owner.Post("/o/acme/settings/operators", "lasts", "0s")
		if r := act(""); r.status != http.StatusForbidden || !strings.Contains(r.body, "operator_read_only") {
			t.Errorf("done after the leave was over: %d %.400s", r.status, r.body)
		}
	})
}
