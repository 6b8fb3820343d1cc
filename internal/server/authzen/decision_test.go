package authzen_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

func TestADenialSaysWhy(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.t = t
		d.join("carol", team.Giving{Permission: "records.read"})
		_, err := d.Team.Block(d.As(d.Owner), d.join("dan", team.Giving{Role: roster.RoleOwner}).Member, "")
		must(t, err)
		for _, c := range []struct{ subject, action, resource, want string }{
			{"user/alice", "read", "record/record-1", ""},
			{"user/" + string(d.alice.Member), "records.read", "organisation/" + string(d.Acme.ID), ""},
			{"user/ALICE@example.com", "records.read", "unit/record-1", ""},
			{"user/olga@example.com", "delete", "record/record-2", ""},
			{"user/nobody", "read", "record/record-1", "subject_unknown"},
			{"api_user/alice", "read", "record/record-1", "subject_unknown"},
			{"user/alice", "read", "record/record-9", "resource_unknown"},
			{"user/alice", "records.read", "organisation/org_other", "resource_unknown"},
			{"user/alice", "fly", "record/record-1", "permission_unknown"},
			{"user/alice", "delete", "record/record-1", "permission_missing"},
			{"user/bob", "write", "record/record-1", "not_here"},
			{"user/carol", "read", "record/record-1", "scope_missing"},
			{"user/dan", "read", "record/record-1", "not_active"},
			{"api_user/" + d.robot.Member.ClientID, "decisions.read", "organisation/" + string(d.Acme.ID), ""},
			{"identity/" + d.robot.Member.ClientID, "members.read", "organisation/" + string(d.Acme.ID), "permission_missing"},
		} {
			got := d.decision(d.post("/access/v1/evaluation", question(c.subject, c.action, c.resource)))
			equal(t, c.subject+" "+c.action+" "+c.resource, got, c.want)
		}
	})
}

// Law 3: no check that starts after a withdrawal has returned is passed.
func TestADecisionIsNeverStale(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.t = t
		equal(t, "before", d.may("user/alice", "read", "record/record-1"), true)
		_, err := d.Team.Block(d.As(d.Owner), d.alice.Member, "")
		must(t, err)
		equal(t, "blocked", d.may("user/alice", "read", "record/record-1"), false)
		_, err = d.Team.Unblock(d.As(d.Owner), d.alice.Member)
		must(t, err)
		equal(t, "unblocked", d.may("user/alice", "read", "record/record-1"), true)
		_, err = d.Team.Grant(d.As(d.Owner), d.alice.Member, team.Grants{All: []team.Giving{
			{Scope: "records", Until: d.Clock.Now().Add(time.Hour)}, {Permission: "records.read", Unit: "record-1"},
		}})
		must(t, err)
		equal(t, "there", d.may("user/alice", "read", "record/record-1"), true)
		equal(t, "not there any more", d.may("user/alice", "read", "record/record-2"), false)
		d.Clock.Pass(time.Hour)
		d.token = d.tokenOf(d.robot.Member.ClientID, d.robot.Secret) // the one before has ended, too
		equal(t, "when the scope has ended", d.may("user/alice", "read", "record/record-1"), false)
		_, err = d.Team.Remove(d.As(d.Owner), d.bob.Member)
		must(t, err)
		equal(t, "removed", d.decision(d.post("/access/v1/evaluation", question("user/bob", "read", "record/record-1"))), "subject_unknown")
	})
}

// A second process on the same database changes what the first one decides.
func TestAnothersChangeIsSeenAtOnce(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.t = t
		beside := rostertest.Open(t, d.Database)
		for range 3 {
			equal(t, "before", d.may("user/alice", "read", "record/record-1"), true)
			_, err := beside.Team.Block(beside.CLI(d.Acme.ID), d.alice.Member, "")
			must(t, err)
			equal(t, "after", d.may("user/alice", "read", "record/record-1"), false)
			_, err = beside.Team.Unblock(beside.CLI(d.Acme.ID), d.alice.Member)
			must(t, err)
		}
		changed := records()
		changed.Mappings[0].Permission = "records.delete"
		_, err := beside.Catalogue.Apply(beside.CLI(roster.Installation), changed)
		must(t, err)
		equal(t, "with another mapping", d.may("user/alice", "read", "record/record-1"), false)
	})
}

func TestWhoMayAsk(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.t = t
		body := question("user/alice", "read", "record/record-1")
		a := d.post("/access/v1/evaluation", body, "Authorization", "")
		a.is(http.StatusUnauthorized, "not_signed_in")
		equal(t, "challenge", strings.HasPrefix(a.header.Get("WWW-Authenticate"), `Bearer realm="Roster", resource_metadata="http`), true)
		a = d.post("/access/v1/evaluation", body, "Authorization", "Bearer x.y.z")
		a.is(http.StatusUnauthorized, "invalid_token")
		d.post("/access/v1/evaluation", body, "Authorization", "Bearer a b").is(http.StatusBadRequest, "malformed")

		poor := d.hire("Poor", authz.MembersRead)
		token := d.tokenOf(poor.Member.ClientID, poor.Secret)
		a = d.post("/access/v1/evaluation", body, "Authorization", "Bearer "+token)
		a.is(http.StatusForbidden, "forbidden")
		if c := a.header.Get("WWW-Authenticate"); !strings.Contains(c, `scope="decisions.read"`) {
			t.Errorf("challenge %s", c)
		}
		d.post("/access/v1/search/action", body, "Authorization", "Bearer "+token).is(http.StatusForbidden, "forbidden")
	})
}

// A token that was recognised before is remembered; what became of it and its API user is not.
func TestARememberedTokenIsAskedForAgain(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.t = t
		body := question("user/alice", "read", "record/record-1")
		status := func() int { return d.post("/access/v1/evaluation", body).status }
		equal(t, "at first", status(), 200)
		equal(t, "again", status(), 200)
		_, err := d.Team.Block(d.As(d.Owner), d.robot.Member.ID, "")
		must(t, err)
		equal(t, "blocked", status(), 401)
		_, err = d.Team.Unblock(d.As(d.Owner), d.robot.Member.ID)
		must(t, err)
		equal(t, "unblocked", status(), 200)

		kept := d.token
		req, err := http.NewRequest(http.MethodPost, d.URL+"/oauth2/revoke", strings.NewReader(url.Values{"token": {d.token}}.Encode()))
		must(t, err)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.SetBasicAuth(d.robot.Member.ClientID, url.QueryEscape(d.robot.Secret))
		equal(t, "revoking", d.send(req).status, 200)
		equal(t, "revoked", status(), 401)

		d.token = d.tokenOf(d.robot.Member.ClientID, d.robot.Secret)
		equal(t, "a new one", status(), 200)
		d.Clock.Pass(time.Hour)
		equal(t, "over", status(), 401)
		d.token = kept
		equal(t, "the revoked one", status(), 401)

		d.token = d.tokenOf(d.robot.Member.ClientID, d.robot.Secret)
		equal(t, "with its permission", status(), 200)
		_, err = d.Team.Grant(d.As(d.Owner), d.robot.Member.ID, team.Grants{All: []team.Giving{{Permission: authz.MembersRead}}})
		must(t, err)
		equal(t, "without", status(), 403)
		_, err = d.Team.Remove(d.As(d.Owner), d.robot.Member.ID)
		must(t, err)
		equal(t, "removed", status(), 401)
	})
}

func TestNothingOfAnotherOrganisationIsKnown(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.t = t
		nora := d.neighbour()
		for _, subject := range []string{"user/" + string(nora.Member), "user/nora@example.com"} {
			foreign := d.post("/access/v1/evaluation", question(subject, "read", "record/record-1"))
			unknown := d.post("/access/v1/evaluation", question("user/nobody", "read", "record/record-1"))
			equal(t, subject, foreign.text, unknown.text)
		}
		body := question("user/alice", "read", "record/record-1")
		foreign := d.post("/orgs/"+string(nora.Organisation)+"/access/v1/evaluation", body)
		unknown := d.post("/orgs/"+string(roster.NewOrgID())+"/access/v1/evaluation", body)
		foreign.is(http.StatusNotFound, "not_found")
		equal(t, "detail", fmt.Sprint(foreign.object()["detail"]), fmt.Sprint(unknown.object()["detail"]))
		d.post("/orgs/globex/access/v1/evaluation", body).is(http.StatusNotFound, "not_found")
		d.post("/orgs/No%20Slug/access/v1/evaluation", body).is(http.StatusNotFound, "not_found")
		equal(t, "at home, by ID", d.decision(d.post("/orgs/"+string(d.Acme.ID)+"/access/v1/evaluation", body)), "")
		equal(t, "at home, by slug", d.decision(d.post("/orgs/acme/access/v1/evaluation", body)), "")
	})
}

func TestAProductClientAsksAboutAnyOrganisation(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.t = t
		nora, host := d.neighbour(), d.host()
		d.token = d.tokenOf(host.ID, host.Secret)
		at := func(org, body string) answer { return d.post("/orgs/"+org+"/access/v1/evaluation", body) }
		body := question("user/alice", "read", "record/record-1")
		equal(t, "by ID", d.decision(at(string(d.Acme.ID), body)), "")
		equal(t, "by slug", d.decision(at("acme", body)), "")
		equal(t, "elsewhere", d.decision(at("globex", body)), "subject_unknown")
		equal(t, "nora", d.decision(at("globex", question("user/nora@example.com", "records.read", "organisation/"+string(nora.Organisation)))), "")
		equal(t, "nora, about another", d.decision(at("globex", question("user/nora@example.com", "records.read", "organisation/"+string(d.Acme.ID)))), "resource_unknown")
		at(string(roster.NewOrgID()), body).is(http.StatusNotFound, "not_found")
		at("nowhere", body).is(http.StatusNotFound, "not_found")
		d.post("/access/v1/evaluation", body).is(http.StatusNotFound, "not_found")

		page := d.post("/orgs/acme/access/v1/search/subject", `{"subject":{"type":"user"},"action":{"name":"read"},"resource":{"type":"record","id":"record-1"},"page":{"limit":1}}`).object()
		next := token(t, page)
		d.post("/orgs/globex/access/v1/search/subject", `{"subject":{"type":"user"},"action":{"name":"read"},"resource":{"type":"record","id":"record-1"},"page":{"token":"`+next+`"}}`).is(http.StatusBadRequest, "malformed")

		_, err := d.Client.Remove(d.CLI(roster.Installation), host.ID)
		must(t, err)
		at("acme", body).is(http.StatusUnauthorized, "invalid_token")
	})
}

func TestBatchesEndAsTheirSemanticSays(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.t = t
		yes, no := `{"action":{"name":"read"}}`, `{"action":{"name":"delete"}}`
		for _, c := range []struct {
			items    []string
			semantic string
			want     string
		}{
			{[]string{yes, no, yes}, `"execute_all"`, "[true,false,true]"},
			{[]string{yes, no, yes}, `null`, "[true,false,true]"},
			{[]string{yes, no, yes}, `"deny_on_first_deny"`, "[true,false]"},
			{[]string{yes, yes}, `"deny_on_first_deny"`, "[true,true]"},
			{[]string{no, no, yes, no}, `"permit_on_first_permit"`, "[false,false,true]"},
			{[]string{no, no}, `"permit_on_first_permit"`, "[false,false]"},
			{[]string{`{"action":{}}`, yes}, `"deny_on_first_deny"`, "[false]"},
			{[]string{`{"subject":{"type":"user","id":"nobody"}}`, yes}, `"permit_on_first_permit"`, "[false,true]"},
		} {
			a := d.post("/access/v1/evaluations", fmt.Sprintf(`{"subject":{"type":"user","id":"alice"},"action":{"name":"read"},"resource":{"type":"record","id":"record-1"},"evaluations":[%s],"options":{"evaluations_semantic":%s}}`,
				strings.Join(c.items, ","), c.semantic))
			equal(t, fmt.Sprint(c.items, c.semantic), shown(decisions(a.object()["evaluations"])), c.want)
		}
		a := d.post("/access/v1/evaluations", `{"action":{"name":"read"},"evaluations":[{"subject":{"type":"user","id":"alice"}}]}`)
		if want := `{"status":400,"message":"The field resource is missing."}`; !strings.Contains(a.text, want) {
			t.Errorf("an incomplete question is answered %s", a.text)
		}
		many := strings.Repeat(yes+",", 999) + yes
		a = d.post("/access/v1/evaluations", `{"subject":{"type":"user","id":"alice"},"resource":{"type":"record","id":"record-1"},"evaluations":[`+many+`]}`)
		if n := strings.Count(a.text, `{"decision":true}`); n != 1000 {
			t.Errorf("%d of 1000 are allowed", n)
		}
		d.post("/access/v1/evaluations", `{"evaluations":[`+many+`,{}]}`).is(http.StatusBadRequest, "malformed")
	})
}

func TestAPositionMayBeDemanded(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.t = t
		seq := d.seq()
		ask := func(at string) answer {
			return d.post("/access/v1/evaluation", `{"context":{"at_least":`+at+`},`+question("user/alice", "read", "record/record-1")[1:])
		}
		equal(t, "reached", d.decision(ask(strconv.FormatInt(seq, 10))), "")
		equal(t, "as a text", d.decision(ask(strconv.Quote(strconv.FormatInt(seq, 10)))), "")
		ask(strconv.FormatInt(seq+1, 10)).is(http.StatusConflict, "position_ahead")
		ask("-1").is(http.StatusBadRequest, "malformed")
		ask(`"soon"`).is(http.StatusBadRequest, "malformed")
		body := fmt.Sprintf(`{"context":{"at_least":%d},"evaluations":[{}]}`, seq+1)
		equal(t, "incomplete ones are not looked at", d.post("/access/v1/evaluations", body).status, 200)
		body = `{"context":{"at_least":` + strconv.FormatInt(seq+1, 10) + `},` + question("user/alice", "read", "record/record-1")[1:]
		d.post("/access/v1/search/subject", body).is(http.StatusConflict, "position_ahead")
		d.post("/access/v1/evaluations", body[:len(body)-1]+`,"evaluations":[{"context":{}},{}]}`).is(http.StatusConflict, "position_ahead")
	})
}

// seq gives the position of Acme's history.
func (d *desk) seq() int64 {
	d.t.Helper()
	at, err := d.DB.Position(d.t.Context(), d.Acme.ID)
	must(d.t, err)
	return at.Seq
}

func TestSearchesArePaged(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.t = t
		for i := range 5 {
			d.join(fmt.Sprintf("reader-%d", i), team.Giving{Scope: "records"}, team.Giving{Permission: "records.read"})
		}
		search := func(page string) map[string]any {
			return d.post("/access/v1/search/subject", `{"subject":{"type":"user"},"action":{"name":"read"},"resource":{"type":"record","id":"record-1"}`+page+`}`).object()
		}
		names := func(v map[string]any) string {
			var all []string
			list, _ := v["results"].([]any)
			for _, one := range list {
				o, _ := one.(map[string]any)
				all = append(all, fmt.Sprint(o["id"]))
			}
			return strings.Join(all, " ")
		}
		whole := names(search(""))
		for _, want := range []string{"alice", "bob", "reader-4"} {
			if !strings.Contains(whole, want) {
				t.Errorf("%s is not in %s", want, whole)
			}
		}
		var pages []string
		next := ""
		for {
			v := search(`,"page":{"limit":3,"token":` + strconv.Quote(next) + `}`)
			pages = append(pages, names(v))
			if next = token(t, v); next == "" {
				break
			}
		}
		equal(t, "page by page", strings.Join(pages, " "), whole)
		equal(t, "pages", len(pages), 3)
		none := search(`,"page":{"limit":0}`)
		equal(t, "of none", names(none), "")
		equal(t, "after none", token(t, none), "")

		first := token(t, search(`,"page":{"limit":1}`))
		for _, other := range []string{
			`{"subject":{"type":"user"},"action":{"name":"write"},"resource":{"type":"record","id":"record-1"},"page":{"token":"` + first + `"}}`,
			`{"subject":{"type":"user"},"action":{"name":"read"},"resource":{"type":"record","id":"record-2"},"page":{"token":"` + first + `"}}`,
			`{"subject":{"type":"user"},"action":{"name":"read"},"resource":{"type":"record","id":"record-1"},"page":{"token":"` + first + `x"}}`,
			`{"subject":{"type":"user"},"action":{"name":"read"},"resource":{"type":"record","id":"record-1"},"page":{"token":"x"}}`,
		} {
			d.post("/access/v1/search/subject", other).is(http.StatusBadRequest, "malformed")
		}
		d.post("/access/v1/search/resource", `{"subject":{"type":"user","id":"alice"},"action":{"name":"read"},"resource":{"type":"record"},"page":{"token":"`+first+`"}}`).is(http.StatusBadRequest, "malformed")
	})
}
