package law_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"roster/internal/act"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// pass is how somebody shows at a door who they are.
type pass struct {
	value string
	since time.Time
}

// wire sends requests to a house's doors.
type wire struct {
	site   *rostertest.Site
	client *http.Client
	passes map[string]pass // of sessions by member, of tokens by member and what they name
}

func newWire(site *rostertest.Site) *wire {
	return &wire{
		site: site, passes: map[string]pass{},
		client: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
}

// reply is what came back.
type reply struct {
	*http.Response
	text string
}

func (w *wire) send(s *stage, method, path, body string, headers ...string) reply {
	s.t.Helper()
	r, err := http.NewRequest(method, w.site.URL+path, strings.NewReader(body))
	s.must(err)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := w.client.Do(r)
	s.must(err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	s.must(err)
	if answer.StatusCode >= http.StatusInternalServerError {
		s.t.Fatalf("%s %s: %d %s", method, path, answer.StatusCode, text)
	}
	return reply{answer, string(text)}
}

func (w *wire) form(s *stage, path string, fields url.Values, headers ...string) reply {
	s.t.Helper()
	return w.send(s, http.MethodPost, path, fields.Encode(), append(headers, "Content-Type", "application/x-www-form-urlencoded")...)
}

// fresh tells whether a pass is good enough to try: it is made anew before its time is over, and before a sensitive act
// would ask for a fresh proof, so that what is refused is refused by a rule. Who is blocked or gone, or whose time is over, comes with the last one they got.
func (w *wire) fresh(s *stage, name string, m roster.MemberID) bool {
	p, had := w.passes[name]
	return had && s.h.Clock.Now().Sub(p.since) < roster.FreshFor || s.rows[m].Status != roster.Active || s.now.over(m)
}

// session gives the header of a person's session. Whose password was set by another chooses their own first.
func (w *wire) session(s *stage, m roster.MemberID) []string {
	s.t.Helper()
	given := s.now.given[m] && s.rows[m].Status == roster.Active
	if name := string(m); given || !w.fresh(s, name, m) {
		words := rostertest.Password
		if given {
			words = handed
		}
		r := w.form(s, "/sign-in", url.Values{"email": {s.rows[m].Email.Typed}, "password": {words}})
		if choice := cookie(r, "__Host-choice"); given && choice != "" {
			r = w.form(s, "/sign-in/password", url.Values{"password": {rostertest.Password}, "repeat": {rostertest.Password}}, "Cookie", "__Host-choice="+choice)
			delete(s.now.given, m)
		}
		if session := cookie(r, "__Host-roster"); session != "" {
			w.passes[name] = pass{session, s.h.Clock.Now()}
		}
		if !w.fresh(s, name, m) {
			s.t.Fatalf("%s cannot sign in: %d", s.rows[m].Email.Typed, r.StatusCode)
		}
	}
	return []string{"Cookie", "__Host-roster=" + w.passes[string(m)].value}
}

// enter has somebody come in at a door that asks who they are, before they try anything: a password that was set for them is
// their own afterwards.
func enter(s *stage, at door, p principal, a deed) {
	s.t.Helper()
	switch d := at.(type) {
	case rest:
		d.enter(s, p)
	case page:
		if a.name != act.InvitationAccept {
			d.session(s, p.member)
		}
	}
}

// cookie gives the value of a cookie that a reply sets.
func cookie(r reply, name string) string {
	for _, c := range r.Cookies() {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// token gives the header of an API user's access token.
func (w *wire) token(s *stage, p principal) []string {
	s.t.Helper()
	name := string(p.member) + " " + strings.Join(p.token, " ")
	if !w.fresh(s, name, p.member) {
		fields := url.Values{"grant_type": {"client_credentials"}, "client_id": {s.rows[p.member].ClientID}, "client_secret": {s.secrets[p.member]}}
		if p.token != nil {
			fields.Set("scope", strings.Join(p.token, " "))
		}
		r := w.form(s, "/oauth2/token", fields)
		var got struct {
			Token string `json:"access_token"`
		}
		if json.Unmarshal([]byte(r.text), &got) != nil || got.Token == "" {
			s.t.Fatalf("no token for %s: %d %s", s.rows[p.member].Name, r.StatusCode, r.text)
		}
		w.passes[name] = pass{got.Token, s.h.Clock.Now()}
	}
	return []string{"Authorization", "Bearer " + w.passes[name].value}
}

// rest is the API, by a person's session or an API user's token.
type rest struct{ *wire }

func (d rest) opens(s *stage, p principal, a deed) bool {
	return !p.root && a.name != act.InvitationAccept && !s.now.kept(p) && (s.rows[p.member].Kind != roster.API || s.secrets[p.member] != "")
}

// enter gives the header by which a principal shows who they are.
func (d rest) enter(s *stage, p principal) []string {
	if s.rows[p.member].Kind == roster.API {
		return d.token(s, p)
	}
	return d.session(s, p.member)
}

func (d rest) try(s *stage, p principal, a deed) outcome {
	s.t.Helper()
	headers := append([]string{"Content-Type", "application/json", "If-Match", "*"}, d.enter(s, p)...)
	method, path, body := d.request(s, a)
	text := ""
	if body != nil {
		data, err := json.Marshal(body)
		s.must(err)
		text = string(data)
	}
	r := d.send(s, method, "/api/v1/orgs/"+string(s.org.ID)+path, text, headers...)
	var problem struct{ Code string }
	if r.StatusCode >= 300 {
		s.must(json.Unmarshal([]byte(r.text), &problem))
	}
	return outcome{r.StatusCode < 300, problem.Code, r.text}
}

// request gives an act as the API knows it.
func (d rest) request(s *stage, a deed) (method, path string, body map[string]any) {
	one := "/members/" + string(a.on)
	switch a.name {
	case act.MemberInvite, act.MemberCreate:
		body = map[string]any{"kind": a.kind, "email": a.label + "@example.com", "first_name": "First", "last_name": a.label, "start_blocked": a.later, "grants": written(a.grants)}
		if a.unit != "" {
			body["unit"] = a.unit
		}
		if a.name == act.MemberCreate {
			body["password"] = handed
		}
		return http.MethodPost, "/members", body
	case act.MemberPassword:
		return http.MethodPost, one + "/password", map[string]any{"password": handed}
	case act.MemberPasswordReset:
		return http.MethodPost, one + "/reset-password", nil
	case act.MemberMethod:
		to := s.coming(a)
		body = map[string]any{"login_method": to.Method}
		if to.Identifier != "" {
			body["identifier"] = to.Identifier
		}
		return http.MethodPut, one + "/login-method", body
	case act.APIUserCreate:
		body = map[string]any{"kind": "api", "name": a.label, "start_blocked": a.later, "grants": written(a.grants)}
		if !a.ends.IsZero() {
			body["ends_at"] = a.ends
		}
		return http.MethodPost, "/members", body
	case act.EndSet:
		body = map[string]any{"ends_at": nil}
		if !a.ends.IsZero() {
			body["ends_at"] = a.ends
		}
		return http.MethodPut, one + "/end", body
	case act.SecretAdd:
		return http.MethodPost, one + "/secrets", nil
	case act.KeyAdd:
		return http.MethodPost, one + "/keys", map[string]any{"public_key": a.jwk}
	case act.SecretRemove:
		return http.MethodDelete, one + "/secrets/" + a.which, nil
	case act.KeyRemove:
		return http.MethodDelete, one + "/keys/" + a.which, nil
	case act.MemberClone:
		body = map[string]any{"email": a.label + "@example.com", "first_name": "First", "last_name": a.label, "start_blocked": a.later}
		if a.kind == roster.API {
			body = map[string]any{"name": a.label, "start_blocked": a.later}
		}
		return http.MethodPost, one + "/clone", body
	case act.MemberEdit:
		if a.kind == roster.API {
			return http.MethodPatch, one, map[string]any{"name": a.label}
		}
		return http.MethodPatch, one, map[string]any{"last_name": a.label}
	case act.MemberGrant:
		return http.MethodPut, one + "/grants", map[string]any{"grants": written(a.grants)}
	case act.MemberRemove:
		if a.to != "" {
			one += "?hand_over_to=" + string(a.to)
		}
		return http.MethodDelete, one, nil
	case act.MemberLink:
		return http.MethodPost, one + "/invitation-link", nil
	case act.MemberBlock, act.MemberUnblock, act.MemberResend:
		return http.MethodPost, one + "/" + strings.TrimPrefix(string(a.name), "member."), nil
	}
	return d.arrange(s, a)
}

// arrange gives an act on a role or a unit.
func (d rest) arrange(s *stage, a deed) (method, path string, body map[string]any) {
	who := string(a.draft.For)
	if who == "" {
		who = "any"
	}
	content := map[string]any{"for": who, "permissions": a.draft.Permissions, "scopes": append([]string{}, a.draft.Scopes...)}
	parent := map[string]any{"parent": a.under}
	switch a.name {
	case act.RoleCreate:
		content["name"], content["description"] = a.label, a.label
		return http.MethodPost, "/roles", content
	case act.RoleEdit:
		return http.MethodPatch, "/roles/" + a.role, content
	case act.RoleDelete:
		return http.MethodDelete, "/roles/" + a.role, nil
	case act.UnitCreate:
		parent["name"], parent["kind"] = a.label, roster.Account
		if a.group {
			parent["kind"] = roster.Group
		}
		return http.MethodPost, "/units", parent
	case act.UnitMove:
		if a.under == "" {
			parent["parent"] = nil
		}
		return http.MethodPatch, "/units/" + string(a.unit), parent
	case act.UnitArchive, act.UnitRestore:
		return http.MethodPost, "/units/" + string(a.unit) + "/" + strings.TrimPrefix(string(a.name), "unit."), nil
	}
	s.t.Fatalf("no route of %s", a.name)
	return "", "", nil
}

// written gives grants as the API takes them.
func written(grants []roster.Grant) []map[string]any {
	all := []map[string]any{}
	for _, g := range grants {
		one := map[string]any{}
		for name, value := range map[string]string{"role": g.Role, "permission": g.Permission, "scope": g.Scope, "unit": string(g.Unit)} {
			if value != "" {
				one[name] = value
			}
		}
		if !g.Until.IsZero() {
			one["until"] = g.Until
		}
		all = append(all, one)
	}
	return all
}

// page is the dashboard, by a person's session and without scripts; and the page of an invitation.
type page struct{ *wire }

// opens tells whether the dashboard has a form for an act, and whether the person may look at what it is
// about: a page shows what it asks about.
func (d page) opens(s *stage, p principal, a deed) bool {
	h := s.now.member(p.member)
	reads := !slices.ContainsFunc(s.now.places(), func(u roster.UnitID) bool {
		of := h.effective[u]
		return of["members.read"] == nothing && (of["members.write"] != nothing || of["members.remove"] != nothing || of["members.credentials"] != nothing || of["roles.write"] != nothing) ||
			of["units.read"] == nothing && of["units.write"] != nothing
	})
	switch {
	case a.name == act.InvitationAccept:
		return true
	case p.root || s.rows[p.member].Kind == roster.API || s.now.kept(p) || !reads:
		return false
	case a.name == act.MemberCreate && a.unit != "":
		inside := func(g roster.Grant) bool { return g.Role != "" && g.Unit == a.unit && g.Until.IsZero() }
		return len(a.grants) <= 1 && !slices.ContainsFunc(a.grants, func(g roster.Grant) bool { return !inside(g) })
	case a.name == act.MemberInvite || a.name == act.APIUserCreate || a.name == act.MemberCreate:
		plain := func(g roster.Grant) bool { return g.Role != "" && g.Unit == "" && g.Until.IsZero() }
		return a.unit == "" && (a.kind != roster.API || !a.later) && midnight(a.ends) && len(a.grants) <= 1 && !slices.ContainsFunc(a.grants, func(g roster.Grant) bool { return !plain(g) })
	case a.name == act.EndSet: // the form knows days, and keeps an end within the day that stands there
		was := s.now.members[a.on].Ends
		return midnight(a.ends) && midnight(was)
	case a.name == act.MemberGrant: // the form knows days, and the ends that are there already, still to come, and shown
		held, now := s.now.of(a.on), s.h.Clock.Now()
		return !slices.ContainsFunc(a.grants, func(g roster.Grant) bool {
			return !g.Until.IsZero() && (!g.Live(now) || !s.now.looks(h, "members.write", g.Unit)) || !g.Until.IsZero() && !slices.ContainsFunc(held, func(o roster.Grant) bool { g.Member = a.on; return alike(o, g) }) ||
				g.Until.IsZero() && slices.ContainsFunc(held, func(o roster.Grant) bool { g.Member, g.Until = a.on, o.Until; return alike(o, g) && !o.Until.IsZero() })
		})
	}
	return true
}

func (d page) try(s *stage, p principal, a deed) outcome {
	s.t.Helper()
	if a.name == act.InvitationAccept {
		v := d.site.Visitor()
		v.Get(act.InvitationPath(s.org.ID, a.secret))
		r := v.Post("/invitation", "first_name", "Accepted", "last_name", a.label, "password", rostertest.Password, "repeat", rostertest.Password)
		return outcome{r.Status == http.StatusOK, fmt.Sprint(r.Status), said(r.Body)}
	}
	path, fields := d.filled(s, a)
	r := d.form(s, "/o/"+s.org.Slug+path, fields, d.session(s, p.member)...)
	if strings.HasPrefix(r.Header.Get("Location"), "/sign-in") && s.rows[p.member].Status == roster.Active {
		s.t.Fatalf("%s is not signed in", p.member)
	}
	done := r.StatusCode == http.StatusSeeOther && !strings.HasPrefix(r.Header.Get("Location"), "/sign-in") || r.StatusCode == http.StatusOK && (clientSecret.MatchString(r.text) || linkSecret.MatchString(r.text))
	return outcome{done, fmt.Sprint(r.StatusCode), said(r.text)}
}

var tag = regexp.MustCompile(`(?s)<(script|style).*?</(script|style)>|<[^>]*>|\s+`)

// said gives what a page says, without its frame.
func said(html string) string {
	_, main, _ := strings.Cut(html, "<main")
	main, _, _ = strings.Cut("<main"+main, "</main>")
	return strings.Join(strings.Fields(tag.ReplaceAllString(main, " ")), " ") + strings.Join(append(clientSecret.FindAllString(html, 1), linkSecret.FindAllString(html, 1)...), " ")
}

// filled gives an act as a form of the dashboard, filled in.
func (d page) filled(s *stage, a deed) (path string, fields url.Values) {
	one := "/team/" + string(a.on)
	new := url.Values{"form_key": {roster.NewID("key_")}, "email": {a.label + "@example.com"}, "first_name": {"First"}, "last_name": {a.label}}
	if a.kind == roster.API {
		new = url.Values{"form_key": new["form_key"], "name": {a.label}}
	}
	if a.later {
		new.Set("start_blocked", "on")
	}
	for _, g := range a.grants {
		new.Set("role", g.Role)
	}
	if a.name == act.MemberCreate {
		for name, value := range map[string]string{"way": "password", "password": handed, "repeat": handed} {
			new.Set(name, value)
		}
		if a.unit != "" {
			return "/units/" + string(a.unit) + "/external/add", new
		}
	}
	if !a.ends.IsZero() {
		new.Set("ends_on", lastDay(a.ends))
	}
	switch a.name {
	case act.EndSet:
		return one + "/end", url.Values{"ends_on": {lastDay(a.ends)}}
	case act.SecretAdd:
		return one + "/secrets", url.Values{"form_key": new["form_key"]}
	case act.KeyAdd:
		return one + "/keys", url.Values{"public_key": {a.jwk}}
	case act.SecretRemove:
		return one + "/secrets/" + a.which + "/remove", url.Values{}
	case act.KeyRemove:
		return one + "/keys/" + a.which + "/remove", url.Values{}
	case act.MemberPassword:
		return one + "/password", url.Values{"password": {handed}, "repeat": {handed}}
	case act.MemberPasswordReset:
		return one + "/password-reset", url.Values{}
	case act.MemberMethod:
		to := s.coming(a)
		fields = url.Values{"version": {fmt.Sprint(s.rows[a.on].Version)}, "way": {"link"}}
		if to.Connected() {
			fields = url.Values{"version": fields["version"], "way": {to.Method}, "identifier": {to.Identifier}}
		}
		return one + "/login-method", fields
	case act.MemberInvite, act.MemberCreate, act.APIUserCreate:
		new.Set("kind", string(a.kind))
		return "/team/add", new
	case act.MemberClone:
		return one + "/clone", new
	case act.MemberEdit:
		new.Set("version", fmt.Sprint(s.rows[a.on].Version))
		for _, other := range []string{"form_key", "email"} {
			new.Del(other)
		}
		return one + "/edit", new
	case act.MemberGrant:
		fields = url.Values{"version": {fmt.Sprint(s.rows[a.on].Version)}, "do": {"save"}}
		for i, g := range a.grants {
			fields.Set(fmt.Sprint("line.", i), key(g)+"@"+string(g.Unit))
			if !g.Until.IsZero() {
				fields.Set(fmt.Sprint("end.", i), g.Until.Add(-time.Microsecond).UTC().Format(time.DateOnly))
			}
		}
		return one + "/access/edit", fields
	case act.MemberRemove:
		fields = url.Values{"confirm_name": {s.rows[a.on].Label()}}
		if a.to != "" {
			fields.Set("hand_over_to", string(a.to))
		}
		return one + "/remove", fields
	case act.MemberBlock, act.MemberUnblock, act.MemberResend, act.MemberLink:
		return one + "/" + strings.TrimPrefix(string(a.name), "member."), url.Values{}
	}
	return d.arranged(s, a)
}

// midnight tells whether an end is one that a form can say: none, or the end of a day.
func midnight(ends time.Time) bool {
	return ends.IsZero() || ends.UTC().Truncate(24*time.Hour).Equal(ends)
}

// lastDay writes an end as forms do; empty for none.
func lastDay(ends time.Time) string {
	if ends.IsZero() {
		return ""
	}
	return ends.Add(-time.Microsecond).UTC().Format(time.DateOnly)
}

// key names what a grant gives as the forms do.
func key(g roster.Grant) string {
	switch {
	case g.Role != "":
		return "role:" + g.Role
	case g.Permission != "":
		return "permission:" + g.Permission
	}
	return "scope:" + g.Scope
}

// arranged gives the form of an act on a role or a unit.
func (d page) arranged(s *stage, a deed) (path string, fields url.Values) {
	was := s.now.roles[a.role]
	role := url.Values{"name": {a.label}, "description": {a.label}, "for": {string(a.draft.For)}, "do": {"save"}, "version": {fmt.Sprint(was.Version)}}
	for i, p := range a.draft.Permissions {
		role.Set(fmt.Sprint("line.", i), "permission:"+p)
	}
	for i, v := range a.draft.Scopes {
		role.Set(fmt.Sprint("line.", i+len(a.draft.Permissions)), "scope:"+v)
	}
	kind := roster.Account
	if a.group {
		kind = roster.Group
	}
	switch a.name {
	case act.RoleCreate:
		return "/roles/add", role
	case act.RoleEdit:
		return "/roles/" + a.role + "/edit", role
	case act.RoleDelete:
		return "/roles/" + a.role + "/delete", url.Values{}
	case act.UnitCreate:
		return "/units/add", url.Values{"parent": {string(a.under)}, "name": {a.label}, "kind": {string(kind)}}
	case act.UnitMove:
		return "/units/" + string(a.unit) + "/move", url.Values{"parent": {string(a.under)}, "version": {fmt.Sprint(s.now.units[a.unit].Version)}}
	case act.UnitArchive, act.UnitRestore:
		return "/units/" + string(a.unit) + "/" + strings.TrimPrefix(string(a.name), "unit."), url.Values{}
	}
	s.t.Fatalf("no form of %s", a.name)
	return "", nil
}
