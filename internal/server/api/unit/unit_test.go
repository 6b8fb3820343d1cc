package unit_test

import (
	"strings"
	"testing"

	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest/rest"
)

var fields = strings.Fields(`id external_id kind name parent path archived archived_at children members created_at created_by updated_at updated_by etag allowed`)

func TestACustomerAccountIsMadeShownEditedMovedAndArchived(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga, owner := r.Olga(t), r.Owner.Member
		made := olga.Ask("POST", "units", `{"name":"Nord","external_id":"c-17"}`)
		body := made.Is(201)
		id := body["id"].(string)
		for _, f := range fields {
			if _, there := body[f]; !there {
				t.Errorf("the customer account lacks %s", f)
			}
		}
		rest.Equal(t, "fields", len(body), len(fields))
		rest.Equal(t, "location", made.Header.Get("Location"), "/api/v1/orgs/"+string(r.Acme.ID)+"/units/"+id)
		rest.Equal(t, "kind", rest.Show([]any{body["kind"], body["parent"], body["archived"], body["path"]}), `["account",null,false,[]]`)
		r.Wrote(made, id, "unit.create", owner)

		group := olga.Ask("POST", "units", `{"kind":"group","name":"Depot","parent":"c-17"}`).Is(201)
		rest.Equal(t, "parent by external ID", group["parent"].(string), id)
		rest.Equal(t, "path", rest.Show(group["path"]), `[{"external_id":"c-17","id":"`+id+`","kind":"account","name":"Nord"}]`)
		depot := group["id"].(string)
		r.Entered(t, team.Invitation{Kind: roster.External, Unit: id, Email: "x@example.com", Profile: roster.Profile{FirstName: "X", LastName: "Y"}})
		r.Holder(t, "Hanna", team.Giving{Role: roster.RoleAuditor, Unit: roster.UnitID(depot)})

		shown := olga.Ask("GET", "units/"+id, "")
		rest.Equal(t, "people", rest.Show(shown.Is(200)["people"]), `{"above":1,"below":1,"bound":1,"here":1}`)
		rest.Equal(t, "children", rest.Show([]any{shown.Is(200)["children"], shown.Is(200)["members"]}), "[1,1]")
		rest.Equal(t, "unchanged", olga.With("If-None-Match", shown.Header.Get("ETag")).Ask("GET", "units/"+id, "").StatusCode, 304)

		edited := olga.With("If-Match", shown.Header.Get("ETag"), "Content-Type", "application/merge-patch+json").Ask("PATCH", "units/"+id, `{"name":"North","external_id":null}`)
		rest.Equal(t, "edited", rest.Show([]any{edited.Is(200)["name"], edited.Is(200)["external_id"]}), `["North",null]`)
		rest.Equal(t, "changes", rest.Changed(r.Wrote(edited, id, "unit.edit", owner)), "name Nord→North, external_id c-17→")

		south := string(r.Account("South", ""))
		moved := olga.Any().Ask("PATCH", "units/"+depot, `{"parent":"`+south+`"}`)
		rest.Equal(t, "moved", moved.Is(200)["parent"].(string), south)
		r.Wrote(moved, depot, "unit.move", owner)

		away := olga.Ask("POST", "units/"+south+"/archive", "")
		if a := away.Is(200); a["archived"] != true || a["archived_at"] == nil || strings.Contains(rest.Show(a["allowed"]), "unit.create") || !strings.Contains(rest.Show(a["allowed"]), "unit.restore") {
			t.Errorf("archived: %v", a)
		}
		r.Wrote(away, south, "unit.archive", owner)
		if below := olga.Get("units/" + depot); below["archived"] != true || below["archived_at"] != nil {
			t.Errorf("below an archived one: %v", below)
		}
		rest.Equal(t, "the list leaves it out", olga.Get("units")["total"].(float64), 1)
		rest.Equal(t, "unless it is asked for", olga.Get("units?archived=true")["total"].(float64), 2)
		olga.Ask("POST", "units/"+south+"/archive", "").Refuses(409, "already_archived")
		olga.Ask("POST", "units", `{"kind":"group","name":"New","parent":"`+depot+`"}`).At(409, "parent", "unit_archived")
		back := olga.Ask("POST", "units/"+south+"/restore", "")
		rest.Equal(t, "restored", back.Is(200)["archived"].(bool), false)
		r.Wrote(back, south, "unit.restore", owner)
		olga.Ask("POST", "units/"+south+"/restore", "").Refuses(409, "not_archived")

		gone := olga.With("If-Match", back.Header.Get("ETag")).Ask("DELETE", "units/"+south, "")
		gone.Is(204)
		r.Wrote(gone, south, "unit.archive", owner)
		olga.Any().Ask("POST", "units/"+south+"/restore", "").Is(200)
		r.Verified(r.Acme.ID)
	})
}

func TestTheTreeIsListedSearchedAndWalked(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		top := r.Account("Top", "")
		for _, name := range []string{"Alpha", "Beta", "Gamma"} {
			r.Account(name, top)
		}
		rest.Equal(t, "the top", olga.Get("units")["total"].(float64), 1)
		rest.Equal(t, "below", olga.Get("units?parent=" + string(top))["total"].(float64), 3)
		rest.Equal(t, "search everywhere", olga.Get("units?q=gam")["items"].([]any)[0].(map[string]any)["name"].(string), "Gamma")
		seen, cursor := "", ""
		for {
			page := olga.Get("units?limit=2&parent=" + string(top) + "&cursor=" + cursor)
			for _, v := range page["items"].([]any) {
				seen += v.(map[string]any)["name"].(string) + " "
			}
			if page["next_cursor"] == nil {
				break
			}
			cursor = page["next_cursor"].(string)
		}
		rest.Equal(t, "walked", seen, "Alpha Beta Gamma ")
		for query, want := range map[string]string{
			"limit=0": "limit limit_invalid", "limit=201": "limit limit_invalid", "parent=nowhere": "parent unit_unknown", "archived=maybe": "archived parameter_invalid",
			"kind=account": "kind parameter_unknown", "parent=%07": "parent control_character",
		} {
			w := strings.Fields(want)
			olga.Ask("GET", "units?"+query, "").At(422, w[0], w[1])
		}
		olga.Ask("GET", "units?limit=2&cursor=x", "").Refuses(422, "cursor_invalid")
	})
}

func TestWhatIsNoCustomerAccountIsRefused(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		nord := string(r.Account("Nord", ""))
		sub := string(r.Account("Sub", roster.UnitID(nord)))
		depot := string(r.Group("Depot", roster.UnitID(nord)))
		olga.Any().Ask("PATCH", "units/"+nord, `{"external_id":"c-1"}`).Is(200)
		before := r.Newest(t, nil)
		for body, want := range map[string]string{
			`{"name":""}`:                           "422 name field_required",
			`{"name":"X","kind":"planet"}`:          "422 kind unit_kind_unknown",
			`{"name":"X","kind":"group"}`:           "422 kind unit_kind_misplaced",
			`{"name":"X","parent":"` + depot + `"}`: "422 kind unit_kind_misplaced",
			`{"name":"X","parent":"nowhere"}`:       "422 parent unit_unknown",
			`{"name":"nORD"}`:                       "409 name unit_name_taken",
			`{"name":"X","external_id":"c-1"}`:      "409 external_id external_id_taken",
			`{"name":"X","external_id":"a\u0007"}`:  "422 external_id control_character",
		} {
			w := strings.Fields(want)
			olga.Ask("POST", "units", body).At(map[string]int{"422": 422, "409": 409}[w[0]], w[1], w[2])
		}
		free := olga.Any()
		free.Ask("PATCH", "units/"+nord, `{"parent":"`+sub+`"}`).At(422, "parent", "unit_cycle")
		free.Ask("PATCH", "units/"+nord, `{"parent":"c-1"}`).At(422, "parent", "unit_cycle")
		free.Ask("PATCH", "units/"+depot, `{"parent":null}`).At(422, "parent", "unit_kind_misplaced")
		free.Ask("PATCH", "units/"+sub, `{"parent":"`+depot+`"}`).At(422, "parent", "unit_kind_misplaced")
		free.Ask("PATCH", "units/"+sub, `{"parent":"nowhere"}`).At(422, "parent", "unit_unknown")
		free.Ask("PATCH", "units/"+sub, `{"parent":null,"name":"X"}`).At(422, "parent", "move_alone")
		free.Ask("PATCH", "units/"+sub, `{"kind":"group"}`).At(422, "kind", "not_editable")
		free.Ask("PATCH", "units/"+sub, `{"name":null}`).At(422, "name", "field_required")
		free.Ask("PATCH", "units/"+sub, `{"colour":"red"}`).Refuses(400, "malformed")
		olga.Ask("PATCH", "units/"+sub, `{"name":"X"}`).Refuses(428, "precondition_required")
		for _, stale := range []string{`"7-0"`, `W/"1-x"`} {
			for _, body := range []string{`{"name":"X"}`, `{"parent":null}`} {
				olga.With("If-Match", stale).Ask("PATCH", "units/"+sub, body).Refuses(412, "changed_meanwhile")
			}
			olga.With("If-Match", stale).Ask("POST", "units/"+sub+"/archive", "").Refuses(412, "changed_meanwhile")
			olga.With("If-Match", stale).Ask("DELETE", "units/"+sub, "").Refuses(412, "changed_meanwhile")
		}
		olga.Ask("GET", "units/nowhere", "").Refuses(404, "not_found")
		r.Quiet(t, before)
	})
}

// Who holds something at one account sees what lies there, and nothing else exists.
func TestAPartOfTheTreeIsAllThereIs(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		top := r.Account("Top", "")
		nord, sud := r.Account("Nord", top), r.Account("Sud", top)
		depot := r.Group("Depot", nord)
		nina, _ := r.Holder(t, "Nina", team.Giving{Scope: authz.Admin, Unit: nord}, team.Giving{Permission: authz.UnitsRead, Unit: nord}, team.Giving{Permission: authz.UnitsWrite, Unit: nord})
		list := nina.Get("units")
		rest.Equal(t, "sees", rest.Show([]any{list["total"], list["items"].([]any)[0].(map[string]any)["name"]}), `[1,"Nord"]`)
		shown := nina.Get("units/" + string(nord))
		rest.Equal(t, "above is not told", rest.Show([]any{shown["path"], shown["parent"]}), "[[],null]")
		for _, path := range []string{string(sud), string(top)} {
			nina.Ask("GET", "units/"+path, "").Refuses(404, "not_found")
			nina.Any().Ask("PATCH", "units/"+path, `{"name":"X"}`).Refuses(404, "not_found")
			nina.Any().Ask("PATCH", "units/"+string(depot), `{"parent":"`+path+`"}`).At(422, "parent", "unit_unknown")
			nina.Ask("POST", "units", `{"kind":"account","name":"X","parent":"`+path+`"}`).At(422, "parent", "unit_unknown")
		}
		rest.Equal(t, "above everything", strings.Join(nina.Ask("POST", "units", `{"name":"X"}`).Refuses(403, "forbidden").Missing, " "), "units.write")
		made := nina.Ask("POST", "units", `{"kind":"group","name":"Own","parent":"`+string(nord)+`"}`)
		r.Wrote(made, made.Is(201)["id"], "unit.create", roster.MemberID(r.Newest(t, nil).ActorID))
		rest.Equal(t, "who", r.Newest(t, nil).ActorName, "Nina Holder")
	})
}

// A move needs the authority at both ends over what it gives and takes.
func TestAMoveGivesAndTakesNoMoreThanTheCallerHolds(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		nord, sud := r.Account("Nord", ""), r.Account("Sud", "")
		depot := r.Group("Depot", nord)
		r.Holder(t, "Hanna", team.Giving{Role: roster.RoleOwner, Unit: sud})
		ula, _ := r.Holder(t, "Ula", team.Giving{Scope: authz.Admin}, team.Giving{Permission: authz.UnitsRead}, team.Giving{Permission: authz.UnitsWrite})
		before := r.Newest(t, nil)
		p := ula.Any().Ask("PATCH", "units/"+string(depot), `{"parent":"`+string(sud)+`"}`).Refuses(403, "exceeds_authority")
		if !strings.Contains(strings.Join(p.Missing, " "), authz.MembersWrite) {
			t.Errorf("missing: %v", p.Missing)
		}
		r.Quiet(t, before)
		r.Olga(t).Any().Ask("PATCH", "units/"+string(depot), `{"parent":"`+string(sud)+`"}`).Is(200)
	})
}
