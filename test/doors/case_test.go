package doors_test

import (
	"encoding/json"
	"html"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"roster/internal/action/history"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// deed is something done through a door.
type deed struct {
	as     caller          // by page and API; the command line is root
	action string          // the action's name
	on     roster.MemberID // empty for a new member
	label  string          // the member's name, which removing asks for
	in     map[string]string
}

// outcome is what a door told of a deed.
type outcome struct {
	done  bool
	code  string // where the door tells codes
	words string // everything it told
	did   string // the action that the door did, where it has another for the deed
}

// way is a door with the manner of using it.
type way struct {
	door roster.Door
	use  func(s *site, d deed) outcome
}

func ways() map[string]way {
	return map[string]way{
		"page": {roster.DoorDashboard, byPage}, "API": {roster.DoorAPI, byAPI}, "command line": {roster.DoorCLI, byLine},
	}
}

func byPage(s *site, d deed) outcome {
	path := "/o/acme/team/" + string(d.on) + "/" + strings.TrimPrefix(d.action, "member.")
	form := map[string]string{}
	switch d.action {
	case "member.invite", "api_user.create":
		path = "/o/acme/team/add"
		form = map[string]string{"kind": "regular", "form_key": roster.NewID("key_"), "role": "member"}
		if d.action == "api_user.create" {
			form["kind"] = "api"
		}
	case "member.edit":
		form["version"] = d.as.get(path).field("version")
		if form["version"] == "" {
			form["version"] = "1" // nobody is there
		}
	case "member.remove":
		form["confirm_name"] = d.label
	case "member.password_reset":
		path = "/o/acme/team/" + string(d.on) + "/password-reset"
	case "member.sign_out":
		path = "/o/acme/team/" + string(d.on) + "/sign-out"
	case "member.password":
		form["repeat"] = d.in["password"]
	}
	var fields []string
	for name, value := range d.in {
		form[name] = value
	}
	for name, value := range form {
		fields = append(fields, name, value)
	}
	a := d.as.form(path, fields...)
	return outcome{done: a.status == http.StatusSeeOther || a.status == http.StatusOK, words: html.UnescapeString(a.body)}
}

func byAPI(s *site, d deed) outcome {
	verb := map[string]string{"member.link": "invitation-link", "member.password_reset": "reset-password", "member.sign_out": "sign-out"}[d.action]
	if verb == "" {
		verb = strings.TrimPrefix(d.action, "member.")
	}
	path, method := at(s.Acme.ID, "members", string(d.on), verb), http.MethodPost
	body, did := map[string]any{}, d.action
	switch d.action {
	case "member.invite", "api_user.create":
		path = at(s.Acme.ID, "members")
		if d.action == "api_user.create" {
			body["kind"] = "api"
		}
	case "member.edit":
		path, method = at(s.Acme.ID, "members", string(d.on)), http.MethodPatch
		if d.in["role"] != "" { // the API sets grants by themselves
			path, method, d.in, did = path+"/grants", http.MethodPut, map[string]string{"role": d.in["role"]}, "member.grant"
		}
	case "member.remove":
		path, method = at(s.Acme.ID, "members", string(d.on)), http.MethodDelete
	}
	for name, value := range d.in {
		if name == "role" {
			body["grants"] = []any{map[string]any{"role": value}}
			continue
		}
		body[name] = value
	}
	a := d.as.json(method, path, body, "Sec-Fetch-Site", "same-origin", "If-Match", "*")
	o := outcome{done: a.status < 300, words: a.body, did: did}
	if !o.done {
		var p struct {
			Code, Detail string
			Errors       []struct{ Code, Message string }
		}
		if err := json.Unmarshal([]byte(a.body), &p); err != nil {
			s.T.Errorf("no problem: %d %s", a.status, a.body)
		}
		o.code, o.words = p.Code, p.Detail
		for _, e := range p.Errors {
			o.words += "\n" + e.Message
		}
	}
	return o
}

func byLine(s *site, d deed) outcome {
	args := []string{"user", strings.TrimPrefix(d.action, "member."), string(d.on)}
	switch d.action {
	case "member.invite":
		args = []string{"user", "invite"}
	case "member.password_reset":
		args[1] = "reset-password"
	case "member.sign_out":
		args[1] = "sign-out"
	case "api_user.create":
		args = []string{"apiuser", "create"}
	case "member.remove":
		args = append(args, "--yes")
	}
	input := ""
	for name, value := range d.in {
		switch {
		case name == "password": // it never stands on a command line
			input = value + "\n"
		case name == "email" || name == "name" && d.on == "":
			args = append(args, value)
		default:
			args = append(args, "--"+strings.ReplaceAll(name, "_", "-"), value)
		}
	}
	code, out, complaint := s.typed(input, append(args, "--org", "acme")...)
	if code > 1 {
		s.T.Errorf("roster %s: %s", strings.Join(args, " "), complaint)
	}
	return outcome{done: code == 0, words: out + complaint}
}

// stage is a house with people of every standing; scene is what a case finds new there.
type stage struct {
	*site
	olga, ulla caller // the Owner, and a user administrator
	foreign    roster.MemberID
}

type scene struct {
	*stage
	n       int // addresses of this scene have it in them
	anna    roster.Actor
	invited roster.MemberID
}

func set(t *testing.T, h *rostertest.House) *stage {
	t.Helper()
	s := &stage{site: serve(t, h)}
	h.Join("ulla@example.com", "Ulla", "Umber", roster.RoleUserAdministrator)
	_, otto := s.other("Beta", "otto@example.com")
	s.foreign = otto.Member
	return s
}

func (s *stage) scene(t *testing.T, n int) *scene {
	t.Helper()
	s.olga, s.ulla = s.person("olga@example.com"), s.person("ulla@example.com") // the proofs of a session are fresh for ten minutes
	v, err := s.Team.Invite(s.As(s.Owner), team.Invitation{Email: numbered("ivo#@example.com", n), Profile: roster.Profile{FirstName: "Ivo", LastName: "Ived"}})
	must(t, err)
	return &scene{stage: s, n: n, anna: s.Join(numbered("anna#@example.com", n), "Anna", "Berg", roster.RoleAuditor), invited: v.ID}
}

// numbered puts a scene's number where a text has a #.
func numbered(text string, n int) string { return strings.ReplaceAll(text, "#", strconv.Itoa(n)) }

// someone is what a new person is made of, with changes.
func someone(changes ...string) map[string]string {
	in := map[string]string{"email": "new#@example.com", "first_name": "New", "last_name": "Comer"}
	for i := 0; i+1 < len(changes); i += 2 {
		in[changes[i]] = changes[i+1]
	}
	return in
}

// play is one case: what is done, and what each door must tell. Code is empty for what succeeds.
type play struct {
	name    string
	do      func(s *scene) deed
	code    string
	words   string
	changes []string // "field=value" in the history's line of what succeeds
	noRoot  bool     // the rule binds members, and not the command line
	root    bool     // the command line alone can try this: members cannot act on themselves
	told    bool     // the refusal of a member stands in the history
}

func plays() []play {
	on := func(action string, who func(s *scene) roster.MemberID, label string, in ...string) func(*scene) deed {
		return func(s *scene) deed {
			fields := map[string]string{}
			for i := 0; i+1 < len(in); i += 2 {
				fields[in[i]] = in[i+1]
			}
			return deed{as: s.olga, action: action, on: who(s), label: label, in: fields}
		}
	}
	anna, invited := func(s *scene) roster.MemberID { return s.anna.Member }, func(s *scene) roster.MemberID { return s.invited }
	owner, foreign := func(s *scene) roster.MemberID { return s.Owner.Member }, func(s *scene) roster.MemberID { return s.foreign }
	unknown := func(*scene) roster.MemberID { return roster.NewMemberID() }
	managed := func(s *scene) roster.MemberID {
		v, err := s.Team.Create(s.As(s.Owner), team.Creation{
			Invitation:  team.Invitation{Email: numbered("mona#@example.com", s.n), Profile: roster.Profile{FirstName: "Mona", LastName: "Managed"}},
			NewPassword: team.NewPassword{Password: handed, Repeat: handed},
		})
		must(s.T, err)
		return v.ID
	}
	own := func(s *scene) roster.MemberID {
		return s.House.Own(s.Owner, roster.Actor{}, named(numbered("oda#@example.com", s.n), "Oda", "Own")).Member
	}
	add := func(changes ...string) func(*scene) deed {
		return func(s *scene) deed { return deed{as: s.olga, action: "member.invite", in: someone(changes...)} }
	}
	ulla := func(d func(*scene) deed) func(*scene) deed {
		return func(s *scene) deed { x := d(s); x.as = s.ulla; return x }
	}
	return []play{
		{name: "invite", do: add(), changes: []string{"email=new#@example.com", "first_name=New", "status=invited"}},
		{name: "invite with phone and role", do: add("phone", "+44 20 7946 0100", "role", "auditor"), changes: []string{"phone=+442079460100"}},
		{name: "an API user", do: func(s *scene) deed {
			return deed{as: s.olga, action: "api_user.create", in: map[string]string{"name": "Payroll", "role": "auditor"}}
		}, changes: []string{"name=Payroll", "status=active"}},
		{name: "an address that is invited", do: add("email", "IVO#@Example.com"), code: "already_invited", words: "ivo#@example.com is invited already."},
		{name: "a member's address", do: add("email", "Anna#@EXAMPLE.com"), code: "already_member", words: "anna#@example.com is a member already."},
		{name: "no address", do: add("email", "anna"), code: "email_invalid", words: "This is not an e-mail address."},
		{name: "two addresses", do: add("email", "a@example.com,b@example.com"), code: "email_invalid", words: "This is not an e-mail address."},
		{name: "no phone number", do: add("phone", "12"), code: "phone_invalid", words: "Write the phone number with its country code"},
		{name: "no such role", do: add("role", "emperor"), code: "role_unknown", words: `There is no role "emperor" here.`},
		{name: "an API user as Owner", do: func(s *scene) deed {
			return deed{as: s.olga, action: "api_user.create", in: map[string]string{"name": "Payroll", "role": "owner"}}
		}, code: "owner_api", words: "An API user cannot be an Owner."},
		{name: "edit", do: on("member.edit", anna, "", "first_name", "Anne", "last_name", "Berg"), changes: []string{"first_name=Anne"}},
		{name: "another role", do: func(s *scene) deed {
			return deed{as: s.olga, action: "member.edit", on: s.anna.Member, in: map[string]string{"role": "user_administrator", "first_name": "Anna", "last_name": "Berg"}}
		}, changes: []string{"grant=role user_administrator"}},
		{name: "block", do: on("member.block", anna, "", "reason", "on leave"), changes: []string{"status=blocked", "block_reason=on leave"}},
		{name: "block an invitation", do: on("member.block", invited, ""), changes: []string{"status=blocked"}},
		{name: "block what is blocked", do: func(s *scene) deed {
			_, err := s.Team.Block(s.As(s.Owner), s.anna.Member, "")
			must(s.T, err)
			return on("member.block", anna, "")(s)
		}, code: "already_blocked", words: "Anna Berg is blocked already."},
		{name: "unblock", do: func(s *scene) deed {
			_, err := s.Team.Block(s.As(s.Owner), s.anna.Member, "")
			must(s.T, err)
			return on("member.unblock", anna, "")(s)
		}, changes: []string{"status=active"}},
		{name: "unblock who is not blocked", do: on("member.unblock", anna, ""), code: "not_blocked", words: "Anna Berg is not blocked."},
		{name: "remove", do: on("member.remove", anna, "Anna Berg"), changes: []string{"status=removed"}},
		{name: "withdraw an invitation", do: on("member.remove", invited, "Ivo Ived"), changes: []string{"status=removed"}},
		{name: "remove who is removed", do: func(s *scene) deed {
			_, err := s.Team.Remove(s.As(s.Owner), s.anna.Member)
			must(s.T, err)
			return on("member.remove", anna, "Anna Berg")(s)
		}, code: "removed", words: "Anna Berg was removed."},
		{name: "resend", do: on("member.resend", invited, ""), changes: []string{"invitation=2"}},
		{name: "resend to who is not invited", do: on("member.resend", anna, ""), code: "not_invited", words: "Anna Berg has no open invitation"},
		{name: "link for who is not invited", do: on("member.link", anna, ""), code: "not_invited", words: "Anna Berg has no open invitation"},
		{name: "set a password", do: on("member.password", managed, "", "password", "marble-sunday-kettle-58")},
		{name: "set a password that is none", do: on("member.password", managed, "", "password", "12345678"), code: "password_criteria", words: "Choose another password, of at least 15 characters."},
		{name: "set the password of who has not accepted", do: on("member.password", invited, "", "password", "marble-sunday-kettle-58"), code: "not_accepted"},
		{name: "sign out", do: on("member.sign_out", anna, "")},
		{name: "sign out who has not accepted", do: on("member.sign_out", invited, ""), code: "no_sessions", words: "has never signed in here, so there is nothing to sign out of."},
		{name: "sign out oneself", do: on("member.sign_out", owner, ""), code: "not_on_yourself", words: "You cannot do this to yourself.", noRoot: true, told: true},
		{name: "sign out someone stronger", do: ulla(on("member.sign_out", owner, "")), code: "stronger_target", words: "Olga Owner holds permissions that you lack", noRoot: true, told: true},
		{name: "sign out a member of another organisation", do: on("member.sign_out", foreign, ""), code: "not_found", words: "There is no such member."},
		{name: "send a link for a new password", do: on("member.password_reset", own, ""), changes: []string{"recovery=(letter)"}},
		{name: "send one to a managed person", do: on("member.password_reset", managed, ""), code: "managed_person", words: "Mona Managed is managed by your organisation. Set a password for them"},
		{name: "send one to who has not accepted", do: on("member.password_reset", invited, ""), code: "not_accepted", words: "Send the invitation again instead."},
		{name: "send one to who is blocked", do: func(s *scene) deed {
			id := own(s)
			_, err := s.Team.Block(s.As(s.Owner), id, "")
			must(s.T, err)
			return deed{as: s.olga, action: "member.password_reset", on: id}
		}, code: "member_blocked", words: "Oda Own is blocked. Unblock them first."},
		{name: "send one to oneself", do: on("member.password_reset", owner, ""), code: "not_on_yourself", words: "You cannot do this to yourself.", noRoot: true, told: true},
		{name: "send one to someone stronger", do: ulla(on("member.password_reset", owner, "")), code: "stronger_target", words: "Olga Owner holds permissions that you lack", noRoot: true, told: true},
		{name: "send one to a member of another organisation", do: on("member.password_reset", foreign, ""), code: "not_found", words: "There is no such member."},
		{name: "block oneself", do: on("member.block", owner, ""), code: "not_on_yourself", words: "You cannot do this to yourself.", noRoot: true, told: true},
		{name: "remove oneself", do: on("member.remove", owner, "Olga Owner"), code: "not_on_yourself", words: "You cannot do this to yourself.", noRoot: true, told: true},
		{name: "drop one's own administration", do: func(s *scene) deed {
			return deed{as: s.olga, action: "member.edit", on: s.Owner.Member, in: map[string]string{"role": "member", "first_name": "Olga", "last_name": "Owner"}}
		}, code: "not_on_yourself", words: "You cannot take your own last administrative role away.", noRoot: true, told: true},
		{name: "block someone stronger", do: ulla(on("member.block", owner, "")), code: "stronger_target", words: "Olga Owner holds permissions that you lack: decisions.read, members.erase, methods.write, organisation.read, organisation.write, units.write, webhooks.write.", noRoot: true, told: true},
		{name: "remove someone stronger", do: ulla(on("member.remove", owner, "Olga Owner")), code: "stronger_target", words: "Olga Owner holds permissions that you lack", noRoot: true, told: true},
		{name: "edit someone stronger", do: ulla(on("member.edit", owner, "", "first_name", "O", "last_name", "O")), code: "stronger_target", words: "Olga Owner holds permissions that you lack", noRoot: true, told: true},
		{name: "give what one lacks", do: ulla(add("role", "owner")), code: "exceeds_authority", words: "You cannot give or take what you lack", noRoot: true, told: true},
		{name: "block the last Owner", do: on("member.block", owner, ""), code: "last_owner", words: "This would leave Acme without an Owner who can sign in.", root: true},
		{name: "remove the last Owner", do: on("member.remove", owner, ""), code: "last_owner", words: "This would leave Acme without an Owner who can sign in.", root: true},
		{name: "demote the last Owner", do: on("member.edit", owner, "", "role", "auditor"), code: "last_owner", words: "This would leave Acme without an Owner who can sign in.", root: true},
		{name: "a member of another organisation", do: on("member.block", foreign, ""), code: "not_found", words: "There is no such member."},
		{name: "remove a member of another organisation", do: on("member.remove", foreign, "Otto Beta"), code: "not_found", words: "There is no such member."},
		{name: "nobody", do: on("member.resend", unknown, ""), code: "not_found", words: "There is no such member."},
	}
}

// TestEveryDoorTellsTheSame plays each case through each door, and compares what was told and what the
// history says.
func TestEveryDoorTellsTheSame(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		stage, n := set(t, h), 0
		for name, w := range ways() {
			for _, p := range plays() {
				if line := w.door == roster.DoorCLI; p.noRoot && line || p.root && !line {
					continue
				}
				n++
				t.Run(name+"/"+p.name, func(t *testing.T) { p.through(t, w, stage.scene(t, n)) })
			}
		}
		h.Verified(h.Acme.ID)
	})
}

func (p play) through(t *testing.T, w way, s *scene) {
	d := p.do(s)
	for name, value := range d.in {
		d.in[name] = numbered(value, s.n)
	}
	from := position(t, s.House, s.Acme.ID)
	got := w.use(s.site, d)
	if got.did != "" {
		d.action = got.did
	}
	if got.done != (p.code == "") || w.door == roster.DoorAPI && got.code != p.code || !strings.Contains(got.words, numbered(p.words, s.n)) {
		t.Errorf("done: %v, code %q, want %q; told: %.2000s", got.done, got.code, p.code, got.words)
	}
	lines := s.since(t, from)
	if p.told { // once its minute is over
		s.Clock.Pass(2 * time.Minute)
		must(t, s.Gate.SealRefusals(s.CLI("")))
		lines = s.since(t, from)
	}
	if p.code != "" && !p.told {
		if len(lines) != 0 {
			t.Errorf("a refusal of this kind has lines in the history: %+v", lines)
		}
		return
	}
	if len(lines) != 1 {
		t.Fatalf("%d lines in the history", len(lines))
	}
	p.written(t, w, d, lines[0], s.n)
}

// written holds what the history's line of a case says.
func (p play) written(t *testing.T, w way, d deed, l roster.Event, n int) {
	t.Helper()
	if l.Action != d.action || l.Door != w.door || l.Refused != p.code || l.ActorName == "" || d.on != "" && l.Target.ID != string(d.on) {
		t.Errorf("the line: %+v", l)
	}
	if p.told && (l.Count != 1 || len(l.Changes) != 0) {
		t.Errorf("the line of a refusal: %+v", l)
	}
	if w.door != roster.DoorCLI && (l.Request == "" || l.IP != "127.0.0.1") {
		t.Errorf("from where: %q %q", l.Request, l.IP)
	}
	for _, want := range p.changes {
		want = numbered(want, n)
		if !slices.ContainsFunc(l.Changes, func(c roster.Change) bool { return c.Field+"="+c.To == want }) {
			t.Errorf("the line lacks %q: %+v", want, l.Changes)
		}
	}
}

// since gives the history's lines after a position.
func (s *scene) since(t *testing.T, seq int64) []roster.Event {
	t.Helper()
	page, err := s.History.List(s.As(s.Owner), history.Query{After: seq, Forward: true, Limit: 200})
	must(t, err)
	return page.Events
}
