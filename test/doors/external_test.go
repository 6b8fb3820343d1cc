package doors_test

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"roster/internal/action/history"
	"roster/internal/action/role"
	"roster/internal/action/team"
	"roster/internal/cli"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

const handed = "copper-lantern-meadow-31" // a password that is handed over

// typed runs a command line with an input.
func (s *site) typed(input string, args ...string) (code int, out, complaint string) {
	var o, e bytes.Buffer
	args = append(slices.Clone(args), "--database", s.Database)
	code = cli.Run(context.Background(), args, cli.Streams{In: strings.NewReader(input), Out: &o, Err: &e})
	return code, o.String(), e.String()
}

// nord is an organisation with two customer accounts, an administrator of the first alone, and an external user of
// the second.
type nord struct {
	*site
	nora         roster.Actor
	here, there  roster.UnitID
	outside, own roster.MemberID // of the other account, and of the whole organisation
}

func accounts(t *testing.T, h *rostertest.House) nord {
	t.Helper()
	n := nord{site: serve(t, h), here: h.Account("Nordwind", ""), there: h.Account("Sudwind", "")}
	_, err := h.Roles.Create(h.As(h.Owner), role.Draft{Name: "Dispatcher", Description: "Sees the team.", Permissions: []string{"members.read"}, Scopes: []string{"admin"}, For: "external"})
	must(t, err)
	n.nora = h.Holder("Nora", team.Giving{Role: roster.RoleUserAdministrator, Unit: n.here})
	v, err := h.Team.Create(h.As(h.Owner), team.Creation{
		Invitation:  team.Invitation{Kind: roster.External, Unit: string(n.there), Email: "sven@sudwind.example", Profile: roster.Profile{FirstName: "Sven", LastName: "Outside"}},
		NewPassword: team.NewPassword{Password: handed, Repeat: handed},
	})
	must(t, err)
	n.outside = v.ID
	w, err := h.Team.Create(h.As(h.Owner), team.Creation{
		Invitation:  team.Invitation{Email: "rolf@example.com", Profile: roster.Profile{FirstName: "Rolf", LastName: "Regular"}},
		NewPassword: team.NewPassword{Password: handed, Repeat: handed},
	})
	must(t, err)
	n.own = w.ID
	return n
}

// address gives a member's address, by which they sign in.
func (n nord) address(m roster.MemberID) string {
	v, err := n.Team.Show(n.As(n.Owner), m)
	must(n.T, err)
	return v.Email.Typed
}

// told gives what the history tells of a member, the oldest first.
func (n nord) told(m roster.MemberID) []string {
	page, err := n.History.OfMember(n.As(n.Owner), history.Query{Member: m, Forward: true})
	must(n.T, err)
	var all []string
	for _, e := range page.Events {
		all = append(all, e.Action+" by "+e.ActorName+" at the "+string(e.Door))
	}
	return all
}

// found gives the member of an address.
func (n nord) found(email string) team.View {
	page, err := n.Team.List(n.As(n.Owner), team.Query{Text: email})
	must(n.T, err)
	for _, v := range page.Members {
		if v.Email.Typed == email {
			return v
		}
	}
	n.T.Fatalf("nobody has the address %s", email)
	return team.View{}
}

// TestAnAdministratorOfOneAccountRunsItsExternalUsers does at each door all that the tab offers, as somebody who
// administers that account alone; and nothing of it elsewhere.
func TestAnAdministratorOfOneAccountRunsItsExternalUsers(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		n := accounts(t, h)
		nora := n.person(n.address(n.nora.Member))
		tab := "/o/acme/units/" + string(n.here) + "/external"
		ok := func(what string, got reply, status int) {
			t.Helper()
			if got.status != status {
				t.Errorf("%s: %d %.500s", what, got.status, got.body)
			}
		}
		empty := nora.get(tab)
		ok("the empty tab", empty, http.StatusOK)
		if !strings.Contains(empty.body, "No external user yet") || !strings.Contains(empty.body, tab+"/add") || strings.Contains(empty.body, "Sven") {
			t.Errorf("the empty tab: %.900s", empty.body)
		}
		form := nora.get(tab + "/add")
		ok("the form", form, http.StatusOK)
		weak := nora.form(tab+"/add", "form_key", form.field("form_key"), "first_name", "Ole", "last_name", "Brand", "email", "ole@nordwind.example", "role", "member", "way", "password", "password", "short", "repeat", "shorter")
		ok("a weak password", weak, http.StatusUnprocessableEntity)
		if !strings.Contains(weak.body, "ole@nordwind.example") || strings.Contains(weak.body, "shorter") {
			t.Error("the form that came back lost the address, or shows the password")
		}
		if a := nora.form("/o/acme/team/add/criteria", "password", handed, "first_name", "Ole", "email", "ole@nordwind.example"); a.status != http.StatusOK || !strings.Contains(a.body, `{"key":"length","met":true}`) {
			t.Errorf("the criteria: %d %s", a.status, a.body)
		}
		made := nora.form(tab+"/add", "form_key", weak.field("form_key"), "first_name", "Ole", "last_name", "Brand", "email", "ole@nordwind.example", "role", "member", "way", "password", "password", handed, "repeat", handed)
		ok("adding", made, http.StatusSeeOther)
		again := nora.form(tab+"/add", "form_key", weak.field("form_key"), "first_name", "Ole", "last_name", "Brand", "email", "ole@nordwind.example", "role", "member", "way", "password", "password", handed, "repeat", handed)
		if again.status != http.StatusSeeOther || again.header.Get("Location") != tab {
			t.Errorf("the same form again: %d", again.status)
		}
		ole := n.found("ole@nordwind.example")
		if ole.Kind != roster.External || ole.Unit != n.here || ole.Status != roster.Active {
			t.Fatalf("made %+v", ole.Member)
		}
		page := "/o/acme/team/" + string(ole.ID)
		list := nora.get(tab + "?q=ole")
		for _, want := range []string{"Ole Brand", page + "/edit", page + "/password", page + "/history", page + "/block"} {
			if !strings.Contains(list.body, want) {
				t.Errorf("the tab lacks %s", want)
			}
		}
		edit := nora.get(page + "/edit")
		ok("the edit form", edit, http.StatusOK)
		ok("editing", nora.form(page+"/edit", "version", edit.field("version"), "first_name", "Olaf", "last_name", "Brand", "phone", "", "role", "dispatcher"), http.StatusSeeOther)
		ok("the password's form", nora.get(page+"/password"), http.StatusOK)
		ok("two different passwords", nora.form(page+"/password", "password", handed, "repeat", "x"), http.StatusUnprocessableEntity)
		ok("setting the password", nora.form(page+"/password", "password", "silver-pebble-orchard-92", "repeat", "silver-pebble-orchard-92"), http.StatusSeeOther)
		ok("disabling", nora.form(page+"/block"), http.StatusSeeOther)
		ok("enabling", nora.form(page+"/unblock"), http.StatusSeeOther)
		lines := nora.get(page + "/history")
		ok("the history", lines, http.StatusOK)
		for _, want := range []string{"Olaf", "set the password of", "Nora Holder", "blocked", "unblocked"} {
			if !strings.Contains(lines.body, want) {
				t.Errorf("the history's page lacks %q", want)
			}
		}
		if strings.Contains(lines.body, handed) || strings.Contains(lines.body, "silver-pebble") {
			t.Error("the history shows a password")
		}
		if got, want := n.told(ole.ID), []string{
			"member.create by Nora Holder at the dashboard", "member.edit by Nora Holder at the dashboard", "member.password by Nora Holder at the dashboard",
			"member.block by Nora Holder at the dashboard", "member.unblock by Nora Holder at the dashboard",
		}; !slices.Equal(got, want) {
			t.Errorf("the history tells %q", got)
		}
		n.byProgram(t, nora)
		n.byCommand(t)
		n.nothingElse(t, nora)
		h.Verified(h.Acme.ID)
		if text := n.log.String(); strings.Contains(text, handed) {
			t.Error("a password stands in the log")
		}
	})
}

// byProgram does the same by REST, with the dashboard's session.
func (n nord) byProgram(t *testing.T, nora caller) {
	t.Helper()
	same := []string{"Sec-Fetch-Site", "same-origin"}
	a := nora.json(http.MethodPost, at(n.Acme.ID, "members"), map[string]any{
		"kind": "external", "unit": n.here, "email": "ida@nordwind.example", "first_name": "Ida", "last_name": "Falk", "password": handed,
	}, same...)
	if a.status != http.StatusCreated || strings.Contains(a.body, handed) {
		t.Fatalf("adding by REST: %d %s", a.status, a.body)
	}
	ida := a.json(t)
	one := at(n.Acme.ID, "members", ida["id"].(string))
	if ida["status"] != "active" || ida["verified"] != false || ida["invitation"] != nil {
		t.Errorf("made %s", a.body)
	}
	for _, step := range []struct {
		method, path string
		body         any
		status       int
		headers      []string
	}{
		{http.MethodPatch, one, map[string]any{"last_name": "Falck"}, http.StatusOK, append([]string{"If-Match", "*"}, same...)},
		{http.MethodPost, one + "/password", map[string]any{"password": "short"}, http.StatusUnprocessableEntity, same},
		{http.MethodPost, one + "/password", map[string]any{"password": "silver-pebble-orchard-92"}, http.StatusOK, same},
		{http.MethodPost, one + "/block", nil, http.StatusOK, same},
		{http.MethodPost, one + "/unblock", nil, http.StatusOK, same},
		{http.MethodGet, one + "/history", nil, http.StatusOK, nil},
		{http.MethodGet, at(n.Acme.ID, "members") + "?kind=external&unit=" + string(n.here), nil, http.StatusOK, nil},
	} {
		if a := nora.json(step.method, step.path, step.body, step.headers...); a.status != step.status {
			t.Errorf("%s %s: %d %s", step.method, step.path, a.status, a.body)
		}
	}
	if lines := nora.get(one + "/history").json(t)["items"].([]any); len(lines) != 5 {
		t.Errorf("the history by REST has %d lines", len(lines))
	}
}

// byCommand does the same by the command line.
func (n nord) byCommand(t *testing.T) {
	t.Helper()
	as := []string{"--as", n.address(n.nora.Member), "--org", "acme"}
	for _, step := range []struct {
		input string
		args  []string
		says  string
	}{
		{handed + "\n", []string{"user", "invite", "per@nordwind.example", "--first-name", "Per", "--last-name", "Lund", "--kind", "external", "--unit", "Nordwind", "--password"}, "Created Per Lund"},
		{"", []string{"user", "list", "--kind", "external", "--at", "Nordwind"}, "per@nordwind.example"},
		{"", []string{"user", "edit", "per@nordwind.example", "--last-name", "Lundt"}, "Saved Per Lundt"},
		{"silver-pebble-orchard-92\n", []string{"user", "password", "per@nordwind.example"}, "Set the password of Per Lundt"},
		{"", []string{"user", "block", "per@nordwind.example"}, "Blocked Per Lundt"},
		{"", []string{"user", "unblock", "per@nordwind.example"}, "Unblocked Per Lundt"},
	} {
		code, out, complaint := n.typed(step.input, append(step.args, as...)...)
		if code != 0 || !strings.Contains(out, step.says) || strings.Contains(out+complaint, handed) {
			t.Errorf("roster %s: %d %s %s", strings.Join(step.args, " "), code, out, complaint)
		}
	}
	for _, refused := range []struct {
		input string
		args  []string
		says  string
	}{
		{"short\n", []string{"user", "password", "per@nordwind.example"}, "at least 15 characters"},
		{"", []string{"user", "password", "per@nordwind.example"}, "first line of the input"},
		{handed, []string{"user", "password", "rolf@example.com"}, "no such member"},
	} {
		if code, out, complaint := n.typed(refused.input, append(refused.args, as...)...); code == 0 || !strings.Contains(strings.ToLower(complaint), refused.says) {
			t.Errorf("roster %s: %d %s %s", strings.Join(refused.args, " "), code, out, complaint)
		}
	}
}

// nothingElse tries the same on others: another account's external user, and a regular member.
func (n nord) nothingElse(t *testing.T, nora caller) {
	t.Helper()
	same := []string{"Sec-Fetch-Site", "same-origin"}
	was := position(t, n.House, n.Acme.ID)
	for who, m := range map[string]roster.MemberID{"another account's": n.outside, "a regular member": n.own, "the Owner": n.Owner.Member} {
		for _, path := range []string{"", "/password", "/history", "/edit"} {
			if a := nora.get("/o/acme/team/" + string(m) + path); a.status != http.StatusNotFound {
				t.Errorf("%s at %q: %d", who, path, a.status)
			}
		}
		for path, body := range map[string]any{"/password": map[string]any{"password": "silver-pebble-orchard-92"}, "/block": nil, "/unblock": nil} {
			if a := nora.json(http.MethodPost, at(n.Acme.ID, "members", string(m))+path, body, same...); a.status != http.StatusNotFound {
				t.Errorf("%s by REST %s: %d %s", who, path, a.status, a.body)
			}
		}
		if a := nora.get(at(n.Acme.ID, "members", string(m), "history")); a.status != http.StatusNotFound {
			t.Errorf("%s: the history by REST: %d", who, a.status)
		}
	}
	if a := nora.get("/o/acme/units/" + string(n.there) + "/external"); a.status != http.StatusNotFound {
		t.Errorf("another account's tab: %d", a.status)
	}
	for kind, unit := range map[string]roster.UnitID{"external": n.there, "regular": ""} {
		a := nora.json(http.MethodPost, at(n.Acme.ID, "members"), map[string]any{
			"kind": kind, "unit": unit, "email": "else@example.com", "first_name": "Else", "last_name": "Where", "password": handed,
		}, same...)
		if a.status != http.StatusForbidden && a.status != http.StatusUnprocessableEntity {
			t.Errorf("adding %s elsewhere: %d %s", kind, a.status, a.body)
		}
	}
	if now := position(t, n.House, n.Acme.ID); now != was {
		t.Errorf("what is not hers moved the history from %d to %d", was, now)
	}
}

// TestPasswordsThatAdministratorsSetAreTurnedOff: refused at every door, and offered nowhere.
func TestPasswordsThatAdministratorsSetAreTurnedOff(t *testing.T) {
	h := rostertest.SQLite(t)
	n := accounts(t, h)
	owner := n.person("olga@example.com")
	same := []string{"Sec-Fetch-Site", "same-origin"}
	member := "/o/acme/team/" + string(n.own)
	if page := owner.get("/o/acme/team/add"); !strings.Contains(page.body, `name="way"`) {
		t.Error("the form offers no password while it is on")
	}
	if a := owner.json(http.MethodPatch, "/api/v1/orgs/acme", map[string]any{"admin_passwords": false}, append([]string{"If-Match", "*"}, same...)...); a.status != http.StatusOK {
		t.Fatalf("the setting: %d %s", a.status, a.body)
	}
	for _, path := range []string{"/o/acme/team/add", "/o/acme/units/" + string(n.here) + "/external/add", member} {
		if page := owner.get(path); page.status != http.StatusOK || strings.Contains(page.body, `name="way"`) || strings.Contains(page.body, member+"/password") {
			t.Errorf("%s offers a password: %d", path, page.status)
		}
	}
	const code = "admin_passwords_off"
	refusals := map[string]reply{
		"REST, adding":  owner.json(http.MethodPost, at(n.Acme.ID, "members"), map[string]any{"email": "new@example.com", "first_name": "N", "last_name": "W", "password": handed}, same...),
		"REST, setting": owner.json(http.MethodPost, at(n.Acme.ID, "members", string(n.own), "password"), map[string]any{"password": handed}, same...),
		"page, adding":  owner.form("/o/acme/team/add", "form_key", "k", "kind", "regular", "email", "new@example.com", "first_name", "N", "last_name", "W", "role", "member", "way", "password", "password", handed, "repeat", handed),
		"page, setting": owner.form(member+"/password", "password", handed, "repeat", handed),
		"page, asking":  owner.get(member + "/password"),
	}
	for what, a := range refusals {
		if a.status != http.StatusForbidden || !strings.Contains(a.body, "let nobody set a password") && a.code(t) != code {
			t.Errorf("%s: %d %.300s", what, a.status, a.body)
		}
	}
	if exit, _, complaint := n.typed(handed, "user", "password", "rolf@example.com", "--org", "acme"); exit == 0 || !strings.Contains(complaint, "let nobody set a password") {
		t.Errorf("root by the command line: %d %s", exit, complaint)
	}
	n.Clock.Pass(roster.FreshFor)
	on := func() reply {
		return owner.json(http.MethodPatch, "/api/v1/orgs/acme", map[string]any{"admin_passwords": true}, append([]string{"If-Match", "*"}, same...)...)
	}
	if a := on(); a.status != http.StatusForbidden || a.code(t) != "confirmation_required" {
		t.Errorf("on again without a fresh proof: %d %s", a.status, a.body)
	}
	if a := owner.form("/o/acme/settings", "version", "2", "name", "Acme", "invitation_ttl", "168h0m0s", "admin_passwords", "true"); a.status != http.StatusForbidden || !strings.Contains(a.body, `name="confirm_held"`) {
		t.Errorf("on again by the page, without a fresh proof: %d %.300s", a.status, a.body)
	}
	if a := owner.json(http.MethodPatch, "/api/v1/orgs/acme", map[string]any{"name": "Acme & Co", "admin_passwords": false}, append([]string{"If-Match", "*"}, same...)...); a.status != http.StatusOK {
		t.Errorf("what is not sensitive: %d %s", a.status, a.body)
	}
	owner = n.person("olga@example.com")
	if a := on(); a.status != http.StatusOK {
		t.Errorf("on again with a fresh proof: %d %s", a.status, a.body)
	}
}
