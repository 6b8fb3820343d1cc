package team_test

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store/memberdb"
)

// fataler is a test, or one draw of it.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// walk goes through a list by cursor and gives the members in its order, each as often as it came.
func walk(t fataler, h *rostertest.House, q team.Query) []team.View {
	t.Helper()
	var all []team.View
	for range 200 {
		page, err := h.Team.List(h.As(h.Owner), q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		all = append(all, page.Members...)
		if q.Cursor = page.Next; q.Cursor == "" {
			return all
		}
	}
	t.Fatalf("%+v has no end", q)
	return nil
}

// crowd fills the house with people, API users and external users of every status, many of them alike.
func crowd(t *testing.T, h *rostertest.House) (north, south roster.UnitID) {
	t.Helper()
	ctx := h.As(h.Owner)
	north = h.Account("North", "")
	south = h.Group("South", north)
	names := []string{"Émile", "emil", "Zoë", "Ångström", "Öz", "李", "Bob"}
	for i := range 28 {
		in := invitation(fmt.Sprintf("M%02d@Example%d.com", i*37%28, i%3), names[i%len(names)], []string{"Test", "Berg"}[i%2])
		in.Profile.Phone = []string{"", "+551155550100", "+442079460100"}[i%3]
		if i%4 == 1 {
			in.Kind, in.Unit = roster.External, string([]roster.UnitID{north, south}[i%8/4])
		} else if i%5 == 0 {
			in.Grants = []team.Giving{{Role: roster.RoleAuditor}, {Role: roster.RoleMember, Unit: south}}
		}
		v, err := h.Team.Invite(ctx, in)
		must(t, err)
		if i%2 == 0 {
			h.Clock.Pass(time.Second) // half of them are as old as another one
		}
		switch i % 7 {
		case 3:
			_, err = h.Team.Block(ctx, v.ID, "")
		case 5:
			_, err = h.Team.Remove(ctx, v.ID)
		}
		must(t, err)
	}
	for _, name := range []string{"Robot", "robot", "Émile"} {
		_, err := h.Team.CreateAPIUser(ctx, team.APIUser{Name: name})
		must(t, err)
	}
	h.Join("vera@example.com", "Vera", "Proved", roster.RoleMember)
	return north, south
}

// compared puts two members into a column's order, as the reader of the table would.
func compared(column string, a, b team.View) int {
	folded := func(of func(team.View) string) int {
		return bytes.Compare([]byte(roster.Fold(of(a))), []byte(roster.Fold(of(b))))
	}
	switch column {
	case "name":
		return folded(func(v team.View) string { return v.Label() })
	case "identifier":
		return folded(func(v team.View) string { return v.Identifier() })
	case "kind":
		return cmp.Compare(a.Kind, b.Kind)
	case "phone":
		return cmp.Compare(a.Phone, b.Phone)
	case "status":
		return cmp.Compare(a.Status, b.Status)
	case "verified":
		return a.VerifiedAt.Compare(b.VerifiedAt)
	case "last_seen_at":
		return a.LastSeenAt.Compare(b.LastSeenAt)
	case "created_at":
		return a.CreatedAt.Compare(b.CreatedAt)
	case "updated_at":
		return a.UpdatedAt.Compare(b.UpdatedAt)
	}
	panic(column)
}

// TestEveryOrderIsWalkedOnce draws filters, orders and page sizes: a walk by cursor gives each member whom the
// filter chooses exactly once, in the order asked for, and nobody else.
func TestEveryOrderIsWalkedOnce(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		north, south := crowd(t, h)
		every := walk(t, h, team.Query{Status: []roster.Status{roster.Invited, roster.Active, roster.Blocked, roster.Removed}, Limit: 200})
		yes, no := true, false
		rapid.Check(t, func(t *rapid.T) {
			q := team.Query{
				Text:     rapid.SampledFrom([]string{"", "", "emil", "ber ém", "example1.com", "55 11 5555", "nobody"}).Draw(t, "text"),
				Status:   rapid.SampledFrom([][]roster.Status{nil, nil, {roster.Blocked}, {roster.Invited, roster.Active}, {roster.Removed}, {roster.Removed, roster.Blocked}}).Draw(t, "status"),
				Kinds:    rapid.SampledFrom([][]roster.MemberKind{nil, nil, {roster.API}, {roster.External, roster.Regular}}).Draw(t, "kinds"),
				Verified: rapid.SampledFrom([]*bool{nil, nil, &yes, &no}).Draw(t, "verified"),
				MFA:      rapid.SampledFrom([]*bool{nil, nil, nil, &yes, &no}).Draw(t, "mfa"),
				Role:     rapid.SampledFrom([]string{"", "", roster.RoleAuditor, roster.RoleMember}).Draw(t, "role"),
				NotRole:  rapid.SampledFrom([]string{"", "", roster.RoleAuditor, roster.RoleMember}).Draw(t, "not role"),
				Unit:     rapid.SampledFrom([]roster.UnitID{"", "", north, south}).Draw(t, "unit"),
				NotUnit:  rapid.SampledFrom([]roster.UnitID{"", "", north, south}).Draw(t, "not unit"),
				Sort:     rapid.SampledFrom(memberdb.Sorts()).Draw(t, "sort"),
				Limit:    rapid.IntRange(1, 40).Draw(t, "limit"),
			}
			walked := walk(t, h, q)
			var chosen []string
			for _, v := range every {
				if fits(q, v, map[roster.UnitID][]roster.UnitID{north: {north, south}, south: {south}}) {
					chosen = append(chosen, string(v.ID))
				}
			}
			var ids []string
			for i, v := range walked {
				ids = append(ids, string(v.ID))
				if i == 0 {
					continue
				}
				order := cmp.Or(compared(q.Sort.Column(), walked[i-1], v), cmp.Compare(walked[i-1].ID, v.ID))
				if q.Sort.Down() {
					order = -order
				}
				if order >= 0 {
					t.Fatalf("%s: %s %s stands before %s %s", q.Sort, walked[i-1].Label(), walked[i-1].ID, v.Label(), v.ID)
				}
			}
			slices.Sort(ids)
			slices.Sort(chosen)
			if !slices.Equal(ids, chosen) {
				t.Fatalf("walked %v, and the filter chooses %v", ids, chosen)
			}
		})
	})
}

// fits is the naive reading of a filter; below gives each unit with those below it.
func fits(q team.Query, v team.View, below map[roster.UnitID][]roster.UnitID) bool {
	holds := func(role string) bool { return slices.Contains(v.Roles(), role) }
	at := func(unit roster.UnitID) bool {
		there := func(u roster.UnitID) bool { return slices.Contains(below[unit], u) }
		return there(v.Unit) || slices.ContainsFunc(v.Grants, func(g roster.Grant) bool { return there(g.Unit) })
	}
	person := v.Kind != roster.API
	_, domain, _ := strings.Cut(v.Email.Typed, "@")
	words := roster.SearchWords(v.Name, v.Email.Typed, domain, v.Phone, v.ClientID)
	for _, p := range roster.SearchPrefixes(q.Text) {
		if v.Status == roster.Removed || !slices.ContainsFunc(words, func(w string) bool { return len(w) >= len(p) && w[:len(p)] == p }) {
			return false
		}
	}
	switch {
	case q.Status == nil && v.Status == roster.Removed, q.Status != nil && !slices.Contains(q.Status, v.Status):
	case q.Kinds != nil && !slices.Contains(q.Kinds, v.Kind):
	case q.Verified != nil && (!person || *q.Verified == v.VerifiedAt.IsZero()):
	case q.MFA != nil && (!person || *q.MFA):
	case q.Role != "" && !holds(q.Role), q.NotRole != "" && holds(q.NotRole):
	case q.Unit != "" && !at(q.Unit), q.NotUnit != "" && at(q.NotUnit):
	default:
		return true
	}
	return false
}

// TestSearchFindsWhatIsTyped types names, addresses, domains, numbers and client IDs as people do.
func TestSearchFindsWhatIsTyped(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		in := invitation("Renée.Dupont@example.org", "", "")
		in.Email, in.Profile = "Renee.Dupont@Société.example", roster.Profile{FirstName: "Renée", LastName: "Dupont-Ørsted", Phone: "+55 (11) 5555-0100"}
		_, err := h.Team.Invite(h.As(h.Owner), in)
		must(t, err)
		robot, err := h.Team.CreateAPIUser(h.As(h.Owner), team.APIUser{Name: "Robot 7"})
		must(t, err)
		for text, found := range map[string]int{
			"renee": 1, "RENÉE dup": 1, "dup ren": 1, "dupont-ø": 1, "renee.dupont@so": 1, "@société.example": 1, "xn--socit": 1, "Dupont, Renée": 1,
			"+55 11 5555": 1, "55 11 5555 0100": 1, "5511555": 1, "+5511": 1, "(55) 11-5555": 1, "11 5555 0100": 0, "renee 5511": 1,
			robot.View.ClientID: 1, robot.View.ClientID[:9]: 1, "7 robot": 1, "nee": 0, "renee robot": 0, "!!": 0, "@": 0,
		} {
			page, err := h.Team.List(h.As(h.Owner), team.Query{Text: text})
			if err != nil || len(page.Members) != found || page.Total != found || page.More {
				t.Errorf("%q finds %d (%d, %v), want %d: %v", text, len(page.Members), page.Total, page.More, found, err)
			}
		}
	})
}
