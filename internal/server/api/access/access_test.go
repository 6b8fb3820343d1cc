package access_test

import (
	"strings"
	"testing"

	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/rest"
)

func TestWhatAMemberCanReallyDo(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		r.Declare(rostertest.Fleet())
		olga := r.Olga(t)
		nord := r.Account("Nord", "")
		depot := r.Group("Depot", nord)
		_, hanna := r.Holder(t, "Hanna",
			team.Giving{Permission: "devices.read"}, team.Giving{Scope: "network", Unit: nord, Until: r.Clock.Now().Add(3600e9)}, team.Giving{Permission: "invoices.read"})
		path := "members/" + string(hanna.Member)

		all := olga.Get(path + "/access")
		held := all["held"].([]any)[0].(map[string]any)
		rest.Equal(t, "held", rest.Show([]any{len(all["held"].([]any)), held["permission"], held["scope"], held["kind"], held["unit"], held["until"]}), `[1,"devices.read","network","read","`+string(nord)+`","2026-11-22T10:00:00Z"]`)
		by, through := held["by"].([]any)[0].(map[string]any), held["through"].([]any)[0].(map[string]any)
		rest.Equal(t, "by", rest.Show([]any{by["permission"], by["unit"], by["giver"], by["given_by"], by["role_name"]}), `["devices.read",null,"Olga Owner","`+string(r.Owner.Member)+`",null]`)
		rest.Equal(t, "through", rest.Show([]any{through["scope"], through["unit"]}), `["network","`+string(nord)+`"]`)
		idle := map[string]bool{}
		for _, v := range all["idle"].([]any) {
			idle[v.(map[string]any)["permission"].(string)] = true
		}
		rest.Equal(t, "idle", rest.Show(idle), `{"devices.read":true,"invoices.read":true}`)
		rest.Equal(t, "units", rest.Show(all["units"]), `[{"external_id":null,"id":"`+string(nord)+`","kind":"account","name":"Nord"}]`)
		if allowed := strings.Join(rest.Texts(all["allowed"]), " "); !strings.Contains(allowed, "member.grant") || !strings.Contains(allowed, "member.access") {
			t.Errorf("allowed: %s", allowed)
		}
		below := olga.Get(path + "/access?unit=" + string(depot))
		rest.Equal(t, "what comes from above", rest.Show([]any{below["unit"], len(below["held"].([]any))}), `["`+string(depot)+`",1]`)
		r.Clock.Pass(3600e9)
		rest.Equal(t, "once it is over", len(r.Olga(t).Get(path + "/access?unit=" + string(depot))["held"].([]any)), 0)
		olga = r.Olga(t)
		olga.Ask("GET", path+"/access?unit=nowhere", "").At(422, "unit", "unit_unknown")
		olga.Ask("GET", path+"/access?unit=%07", "").At(422, "unit", "control_character")
	})
}

func TestWhyAndWhyNot(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		r.Declare(rostertest.Fleet())
		olga := r.Olga(t)
		nord, sud := string(r.Account("Nord", "")), string(r.Account("Sud", ""))
		_, hanna := r.Holder(t, "Hanna", team.Giving{Permission: "devices.read", Unit: roster.UnitID(nord)}, team.Giving{Scope: "network"})
		path := "members/" + string(hanna.Member) + "/explain?permission="

		yes := olga.Get(path + "devices.read&unit=" + nord)
		rest.Equal(t, "yes", rest.Show([]any{yes["decision"], yes["unit"], yes["until"], yes["missing"]}), `[true,"`+nord+`",null,[]]`)
		rest.Equal(t, "by", yes["by"].(map[string]any)["permission"].(string)+" through "+yes["through"].(map[string]any)["scope"].(string), "devices.read through network")

		no := olga.Get(path + "devices.read&unit=" + sud)
		lack := no["missing"].([]any)[0].(map[string]any)
		rest.Equal(t, "elsewhere", rest.Show([]any{no["decision"], no["by"], lack["kind"], lack["permission"], lack["scope"], lack["unit"], lack["elsewhere"]}),
			`[false,null,"unit","devices.read",null,"`+sud+`",["`+nord+`"]]`)
		rest.Equal(t, "who could", rest.Show(lack["givers"]), `[{"id":"`+string(r.Owner.Member)+`","name":"Olga Owner"}]`)
		kinds := func(query string) string {
			var all []string
			for _, v := range olga.Get(path + query)["missing"].([]any) {
				l := v.(map[string]any)
				all = append(all, l["kind"].(string)+" "+strings.Trim(rest.Show(l["permission"])+rest.Show(l["scope"])+rest.Show(l["status"]), "nul\""))
			}
			return strings.Join(all, ", ")
		}
		rest.Equal(t, "neither", kinds("invoices.read"), `permission invoices.read, scope billing`)
		olga.Ask("POST", "members/"+string(hanna.Member)+"/block", "").Is(200)
		if k := kinds("devices.read&unit=" + nord); !strings.Contains(k, "status blocked") {
			t.Errorf("blocked: %s", k)
		}
		olga.Ask("GET", path+"fly", "").At(422, "permission", "permission_unknown")
		olga.Ask("GET", path+"devices.read&unit=nowhere", "").At(422, "unit", "unit_unknown")
		olga.Ask("GET", "members/"+string(hanna.Member)+"/explain", "").At(422, "permission", "permission_unknown")
		hugo, me := r.Holder(t, "Hugo", team.Giving{Role: roster.RoleMember})
		rest.Equal(t, "who may not look", strings.Join(hugo.Ask("GET", "members/"+string(me.Member)+"/explain?permission=devices.read", "").Refuses(403, "forbidden").Missing, " "), authz.MembersRead)
	})
}

func TestPeopleAgainstCustomerAccounts(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		nord, sud := r.Account("Nord", ""), r.Account("Sud", "")
		_, hanna := r.Holder(t, "Hanna", team.Giving{Role: roster.RoleAuditor, Unit: nord})

		m := olga.Get("access?q=hanna")
		rest.Equal(t, "accounts", m["units"].([]any)[0].(map[string]any)["name"].(string)+m["units"].([]any)[1].(map[string]any)["name"].(string), "NordSud")
		line := m["people"].([]any)[0].(map[string]any)
		rest.Equal(t, "line", rest.Show([]any{line["id"], line["everywhere"], line["cells"]}), `["`+string(hanna.Member)+`",[],[[{"role":"auditor","unit":"`+string(nord)+`","until":null}],[]]]`)
		rest.Equal(t, "roles", rest.Show(m["roles"]), `[{"id":"auditor","name":"Auditor"}]`)

		first := olga.Get("access?limit=1&unit_limit=1")
		next := olga.Get("access?limit=1&unit_limit=1&cursor=" + first["next_cursor"].(string) + "&unit_cursor=" + first["next_unit_cursor"].(string))
		rest.Equal(t, "both ways", rest.Show([]any{next["people"].([]any)[0].(map[string]any)["name"], next["units"].([]any)[0].(map[string]any)["id"], next["next_cursor"], next["next_unit_cursor"]}),
			`["Olga Owner","`+string(sud)+`",null,null]`)
		for query, want := range map[string]string{
			"limit=0": "limit limit_invalid", "unit_limit=201": "unit_limit limit_invalid", "kind=robot": "kind kind_unknown", "parent=nowhere": "parent unit_unknown",
			"unit_cursor=x": "unit_cursor cursor_invalid", "unit=x": "unit parameter_unknown",
		} {
			w := strings.Fields(want)
			olga.Ask("GET", "access?"+query, "").At(422, w[0], w[1])
		}
	})
}

func TestTheCatalogueTellsWhatTheCallerCanGive(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		r.Declare(rostertest.Fleet())
		nord := r.Account("Nord", "")
		ada, _ := r.Holder(t, "Ada", team.Giving{Role: roster.RoleUserAdministrator}, team.Giving{Permission: "devices.read", Unit: nord}, team.Giving{Scope: "network", Unit: nord})
		given := func(query string) map[string]string {
			out := map[string]string{}
			all := ada.Get("permissions" + query)
			for _, list := range []string{"permissions", "scopes", "roles"} {
				for _, v := range all[list].([]any) {
					item := v.(map[string]any)
					out[item["key"].(string)] = rest.Show([]any{item["can_grant"], item["missing"]})
				}
			}
			return out
		}
		everywhere, there := given(""), given("?unit="+string(nord))
		for key, want := range map[string][2]string{
			"members.read": {"[true,[]]", "[true,[]]"},
			"devices.read": {`[false,["devices.read"]]`, "[true,[]]"},
			"devices.wipe": {`[false,["devices.wipe"]]`, `[false,["devices.wipe"]]`},
			"network":      {`[false,["network"]]`, "[true,[]]"},
			"member":       {"[true,[]]", "[true,[]]"},
		} {
			rest.Equal(t, key+" everywhere", everywhere[key], want[0])
			rest.Equal(t, key+" at Nord", there[key], want[1])
		}
		first := ada.Get("permissions")["permissions"].([]any)[0].(map[string]any)
		for _, f := range []string{"key", "scope", "kind", "name", "description"} {
			if first[f] == nil {
				t.Errorf("a permission lacks %s: %v", f, first)
			}
		}
		ada.Ask("GET", "permissions?unit=nowhere", "").At(422, "unit", "unit_unknown")
		hugo, _ := r.Holder(t, "Hugo", team.Giving{Role: roster.RoleMember})
		hugo.Ask("GET", "permissions", "").Refuses(403, "forbidden")
	})
}
