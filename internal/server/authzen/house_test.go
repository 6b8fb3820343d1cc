package authzen_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"roster/internal/action/client"
	"roster/internal/action/org"
	"roster/internal/action/team"
	"roster/internal/action/unit"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// desk is a Roster with its doors open, a catalogue of records, and an API user that may ask. Alice and Bob
// are known to the host product by these names, and the records are units.
type desk struct {
	*rostertest.Site
	t          *testing.T
	token      string
	alice, bob roster.Actor
	robot      team.MadeAPIUser
}

// records is a host product's catalogue by which the rules of the certification scenario follow from what
// Alice and Bob hold.
func records() authz.Declaration {
	p := func(key string, kind authz.Kind, name string) authz.Permission {
		return authz.Permission{Key: key, Scope: "records", Kind: kind, Name: name}
	}
	on := func(action, permission string, when map[string]any) authz.Mapping {
		return authz.Mapping{Action: action, ResourceType: "record", When: when, Permission: permission, UnitFrom: "resource.id"}
	}
	return authz.Declaration{
		Scopes: []authz.Scope{{Key: "records", Name: "Records"}},
		Permissions: []authz.Permission{
			p("records.read", authz.Read, "Read"), p("records.write", authz.Write, "Write"), p("records.write_archived", authz.Write, "Write archived ones"),
			p("records.hide", authz.Write, "Hide"), p("records.delete", authz.Irreversible, "Delete"), p("records.note_own", authz.Write, "Note on one's own"),
		},
		Mappings: []authz.Mapping{
			on("read", "records.read", nil),
			on("write", "records.write_archived", map[string]any{"resource.properties.status": "archived"}),
			on("write", "records.write", nil),
			on("delete", "records.hide", map[string]any{"action.properties.soft": true}),
			on("delete", "records.delete", nil),
			{Action: "note", ResourceType: "record", Own: "owner", Permission: "records.note_own", UnitFrom: "resource.id"},
			on("note", "records.write", nil),
		},
	}
}

func each(t *testing.T, test func(t *testing.T, d *desk)) {
	t.Helper()
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) { test(t, open(t, h)) })
}

func open(t *testing.T, h *rostertest.House) *desk {
	t.Helper()
	_, err := h.Catalogue.Apply(h.CLI(roster.Installation), records())
	must(t, err)
	d := &desk{Site: h.Serve(), t: t}
	for _, name := range []string{"record-1", "record-2"} {
		_, err := h.Units.Create(h.As(h.Owner), unit.Draft{Kind: roster.Account, Name: strings.ToUpper(name), ExternalID: name})
		must(t, err)
	}
	all := team.Giving{Scope: "records"}
	give := func(permission string, at roster.UnitID) team.Giving {
		return team.Giving{Permission: permission, Unit: at}
	}
	d.alice = d.join("alice", all, give("records.read", ""), give("records.write", ""), give("records.hide", ""), give("records.note_own", ""))
	d.bob = d.join("bob", all, give("records.read", ""), give("records.write", "record-2"), give("records.write_archived", ""))
	d.robot = d.hire("Gate", authz.DecisionsRead)
	d.token = d.tokenOf(d.robot.Member.ClientID, d.robot.Secret)
	return d
}

// join makes a member whom the host product knows by a name.
func (d *desk) join(name string, grants ...team.Giving) roster.Actor {
	d.t.Helper()
	ctx := d.As(d.Owner)
	v, err := d.Team.Invite(ctx, team.Invitation{Email: name + "@example.com", ExternalID: name, Profile: roster.Profile{FirstName: name, LastName: "Example"}, Grants: grants})
	must(d.t, err)
	link, err := d.Team.Link(ctx, v.ID)
	must(d.t, err)
	return d.Accept(d.Acme.ID, link.Secret, name, "Example")
}

// hire makes an API user that holds permissions of Roster's own.
func (d *desk) hire(name string, permissions ...string) team.MadeAPIUser {
	d.t.Helper()
	grants := []team.Giving{{Scope: authz.Admin}}
	for _, p := range permissions {
		grants = append(grants, team.Giving{Permission: p})
	}
	made, err := d.Team.CreateAPIUser(d.As(d.Owner), team.APIUser{Name: name, Grants: grants})
	must(d.t, err)
	return made
}

// host makes a product client that may ask.
func (d *desk) host() client.Made {
	d.t.Helper()
	made, err := d.Client.Create(d.CLI(roster.Installation), client.Draft{Name: "Host", Permissions: []string{authz.DecisionsRead}})
	must(d.t, err)
	return made
}

// neighbour makes another organisation and gives its Owner.
func (d *desk) neighbour() roster.Actor {
	d.t.Helper()
	f, err := d.Orgs.Create(d.CLI(""), org.Founding{Name: "Globex", Plan: roster.PlanUnlimited, Owner: "nora@example.com"})
	must(d.t, err)
	return d.Accept(f.Organisation.ID, f.Link, "Nora", "Owner")
}

func (d *desk) tokenOf(id, secret string) string {
	d.t.Helper()
	req, err := http.NewRequest(http.MethodPost, d.URL+"/oauth2/token", strings.NewReader("grant_type=client_credentials"))
	must(d.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
	text, _ := d.send(req).object()["access_token"].(string)
	if text == "" {
		d.t.Fatal("no token")
	}
	return text
}

// answer is what came back.
type answer struct {
	t      *testing.T
	status int
	header http.Header
	text   string
}

func (d *desk) send(req *http.Request) answer {
	d.t.Helper()
	res, err := http.DefaultClient.Do(req)
	must(d.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	must(d.t, err)
	return answer{d.t, res.StatusCode, res.Header, string(text)}
}

// post asks with the robot's token; headers come as pairs.
func (d *desk) post(path, body string, headers ...string) answer {
	d.t.Helper()
	req, err := http.NewRequest(http.MethodPost, d.URL+path, bytes.NewBufferString(body))
	must(d.t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+d.token)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return d.send(req)
}

// object reads the answer as JSON.
func (a answer) object() map[string]any {
	a.t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(a.text), &v); err != nil {
		a.t.Fatalf("%d %s: %v", a.status, a.text, err)
	}
	return v
}

// is asserts status and code of a problem.
func (a answer) is(status int, code string) {
	a.t.Helper()
	if got, _ := a.object()["code"].(string); a.status != status || got != code {
		a.t.Errorf("answered %d %s, want %d %s", a.status, a.text, status, code)
	}
}

func question(subject, action, resource string) string {
	kind, id, _ := strings.Cut(subject, "/")
	of, name, _ := strings.Cut(resource, "/")
	text, _ := json.Marshal(map[string]any{
		"subject": map[string]string{"type": kind, "id": id}, "action": map[string]string{"name": action}, "resource": map[string]string{"type": of, "id": name},
	})
	return string(text)
}

// may asks one question, which must be answered.
func (d *desk) may(subject, action, resource string) bool {
	d.t.Helper()
	return d.decision(d.post("/access/v1/evaluation", question(subject, action, resource))) == ""
}

// decision gives the reason of a denial; none for a permission.
func (d *desk) decision(a answer) string {
	d.t.Helper()
	v := a.object()
	allowed, there := v["decision"].(bool)
	if a.status != http.StatusOK || !there {
		d.t.Fatalf("answered %d %s", a.status, a.text)
	}
	if allowed {
		return ""
	}
	context, _ := v["context"].(map[string]any)
	reason, _ := context["reason"].(string)
	if reason == "" {
		d.t.Errorf("denied without a reason: %s", a.text)
		reason = "?"
	}
	return reason
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
