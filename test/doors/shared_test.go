package doors_test

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"roster/internal/action/factor"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/secret"
)

// shared is two organisations with one person in both: Anna, who is Anna Bergström in Beta. Cleo is in Acme alone, and
// alike otherwise. Bea is in Beta alone.
type shared struct {
	*site
	beta              roster.Organisation
	otto              roster.Actor // the Owner of Beta
	anna, cleo, dora  roster.Actor // in Acme
	there             roster.Actor // Anna in Beta
	bea               roster.Actor // in Beta
	olga, hers, cleos caller
	seen              string // Anna, as Beta has her
	at                int64  // where Beta's history stands
}

func named(email, first, last string) team.Invitation {
	return team.Invitation{Email: email, Profile: roster.Profile{FirstName: first, LastName: last}, Grants: team.RoleGivings(roster.RoleAuditor)}
}

// as is a person who is signed in.
func (s shared) as(email string) roster.Actor {
	s.T.Helper()
	signed, err := s.SignIn.SignIn(s.As(roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: "203.0.113.7"}), signin.Try{Email: email, Password: rostertest.Password})
	must(s.T, err)
	return roster.Actor{Kind: roster.ActorPerson, Person: signed.Session.Person, Session: signed.Session.ID, Proofs: signed.Session.Proofs, Door: roster.DoorDashboard, IP: "203.0.113.7"}
}

func share(t *testing.T, h *rostertest.House) shared {
	t.Helper()
	s := shared{site: serve(t, h)}
	nobody := roster.Actor{}
	s.anna = h.Own(h.Owner, nobody, named("anna@example.com", "Anna", "Berg"))
	s.cleo = h.Own(h.Owner, nobody, named("cleo@example.com", "Cleo", "Berg"))
	s.dora = h.Own(h.Owner, nobody, named("dora@example.com", "Dora", "Berg"))
	s.beta, s.otto = s.other("Beta", "otto@example.com")
	s.there = h.Own(s.otto, s.as("anna@example.com"), named("anna@example.com", "Anna", "Bergström"))
	s.bea = h.Own(s.otto, nobody, named("bea@example.com", "Bea", "Beta"))
	s.olga, s.hers, s.cleos = s.person("olga@example.com"), s.person("anna@example.com"), s.person("cleo@example.com")
	if a := s.hers.get(at(s.beta.ID, "members")); a.status != http.StatusOK {
		t.Fatalf("Anna reads Beta: %d", a.status)
	}
	s.seen, s.at = s.inBeta(), position(t, h, s.beta.ID)
	return s
}

// inBeta gives Anna as Beta's Owner sees her.
func (s shared) inBeta() string {
	otto := s.person("otto@example.com")
	return otto.get(at(s.beta.ID, "members", string(s.there.Member))).plain() + otto.get("/o/beta/team/"+string(s.there.Member)).plain()
}

// TestWhoSeesNoTeamComesIntoEachOrganisation: where the organisations of who may see no page of theirs are offered, each leads to
// a page, around which it stays.
func TestWhoSeesNoTeamComesIntoEachOrganisation(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := share(t, h)
		plain := named("pia@example.com", "Pia", "Plain")
		plain.Grants = team.RoleGivings(roster.RoleMember)
		h.Own(s.otto, h.Own(h.Owner, roster.Actor{}, plain), plain)
		v := s.Visitor()
		for page, a := range map[string]rostertest.Answer{"the choice": v.SignIn("pia@example.com", rostertest.Password), "the switcher": v.Get("/me?in=acme"), "the profile": v.Get("/me")} {
			for _, org := range []string{"acme", "beta"} {
				if !strings.Contains(a.Body, `href="/o/`+org+`"`) {
					t.Errorf("%s (%s) does not lead to %s", page, a.Path, org)
				}
			}
		}
		for _, org := range []string{"acme", "beta"} {
			if a := v.Get("/o/" + org); a.Status != http.StatusOK || a.Path != "/me" || !strings.Contains(a.Body, `action="/me/data?in=`+org+`"`) {
				t.Errorf("%s: %d %s", org, a.Status, a.Path)
			}
		}
	})
}

// unharmed holds that Beta has Anna as before: her session and her password open it, and nothing there moved.
func (s shared) unharmed(t *testing.T) {
	t.Helper()
	for who, c := range map[string]caller{"the session": s.hers, "the password": s.person("anna@example.com")} {
		if a := c.get(at(s.beta.ID, "members")); a.status != http.StatusOK {
			t.Errorf("Beta, by %s: %d %s", who, a.status, a.body)
		}
	}
	if now := position(t, s.House, s.beta.ID); now != s.at {
		t.Errorf("Beta's history moved from %d to %d", s.at, now)
	}
	if now := s.inBeta(); now != s.seen {
		t.Errorf("Beta has Anna as another:\n%s\n%s", now, s.seen)
	}
	s.Verified(s.Acme.ID)
	s.Verified(s.beta.ID)
}

var (
	anyID  = regexp.MustCompile(`\b(mem|per|ses|req|key|frm|inv|pic|job)_[0-9a-z]{26}\b|rinv_[\w-]+|\btint-[a-z]\b|#\d+<`)
	anyTag = regexp.MustCompile(`("etag":"|value=")\\?"?[0-9]+-[0-9a-f]+`)
)

// faceless gives an answer without what is each member's own.
func faceless(r reply, words ...string) string {
	text := anyTag.ReplaceAllString(anyID.ReplaceAllString(r.plain(), "ID"), "TAG")
	for _, w := range words {
		text = strings.ReplaceAll(strings.ReplaceAll(text, w, "WORD"), url.QueryEscape(w), "WORD")
	}
	return text
}

// alike does the same to two members, and holds that the answers tell nothing apart. It gives the status.
func alike(t *testing.T, what string, do func(m roster.Actor) reply, one, other roster.Actor, words ...string) int {
	t.Helper()
	a, b := do(one), do(other)
	if a.status != b.status {
		t.Errorf("%s: %d for who belongs elsewhere, else %d", what, a.status, b.status)
	}
	if x, y := faceless(a, words...), faceless(b, words...); x != y {
		n := 0
		for n < min(len(x), len(y)) && x[n] == y[n] {
			n++
		}
		t.Errorf("%s tells who belongs elsewhere:\n%s\n%s", what, around(x, n), around(y, n))
	}
	return a.status
}

// around gives what stands about a place in a text.
func around(text string, n int) string { return text[max(0, n-200):min(len(text), n+200)] }

// TestOnePersonInTwoOrganisations: whoever has every right in one learns nothing about the other and gains nothing in
// it through a person who belongs to both (rule 7).
func TestOnePersonInTwoOrganisations(t *testing.T) {
	for name, story := range map[string]func(s *shared, t *testing.T){
		"password": (*shared).password, "link": (*shared).link, "factor": (*shared).factor, "e-mail": (*shared).email, "name": (*shared).name, "picture": (*shared).picture,
		"block": (*shared).block, "sign-out": (*shared).signOut, "remove": (*shared).remove, "history": (*shared).history, "search": (*shared).search, "timing": (*shared).timing,
	} {
		t.Run(name, func(t *testing.T) {
			rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
				s := share(t, h)
				story(&s, t)
				s.unharmed(t)
			})
		})
	}
}

// on gives an act of Olga's on a member, by the dashboard's session at the API.
func (s shared) on(method, verb string, body any) func(m roster.Actor) reply {
	return func(m roster.Actor) reply {
		path := at(s.Acme.ID, "members", string(m.Member))
		if verb != "" {
			path += "/" + verb
		}
		return s.olga.json(method, path, body, "Sec-Fetch-Site", "same-origin", "If-Match", "*")
	}
}

func (s shared) words() []string {
	return []string{"anna@example.com", "cleo@example.com", "Anna", "Cleo", ">A<", ">C<", "AB", "CB"}
}

// password: nobody sets that of an own person, and the refusal is the same for all of them.
func (s shared) password(t *testing.T) {
	set := s.on(http.MethodPost, "password", map[string]any{"password": "silver-pebble-orchard-92"})
	if got := alike(t, "setting a password", set, s.anna, s.cleo, s.words()...); got != http.StatusForbidden && got != http.StatusConflict {
		t.Errorf("setting a password: %d", got)
	}
	page := func(m roster.Actor) reply { return s.olga.get("/o/acme/team/" + string(m.Member) + "/password") }
	alike(t, "the form of a password", page, s.anna, s.cleo, s.words()...)
	form := func(m roster.Actor) reply {
		return s.olga.form("/o/acme/team/"+string(m.Member)+"/password", "password", "silver-pebble-orchard-92", "repeat", "silver-pebble-orchard-92")
	}
	alike(t, "setting it by the form", form, s.anna, s.cleo, s.words()...)
	if got := alike(t, "sending a link for a new one", s.on(http.MethodPost, "reset-password", nil), s.anna, s.cleo, s.words()...); got != http.StatusNoContent {
		t.Errorf("sending a link for a new password: %d", got)
	}
	alike(t, "the question before it", func(m roster.Actor) reply { return s.olga.get("/o/acme/team/" + string(m.Member) + "/password-reset") }, s.anna, s.cleo, s.words()...)
	send := func(m roster.Actor) reply { return s.olga.form("/o/acme/team/" + string(m.Member) + "/password-reset") }
	if got := alike(t, "sending it by the form", send, s.anna, s.cleo, s.words()...); got != http.StatusSeeOther {
		t.Errorf("sending it by the form: %d", got)
	}
	alike(t, "the ways in, when a letter was sent", func(m roster.Actor) reply { return s.olga.get("/o/acme/team/" + string(m.Member) + "/sign-in") }, s.anna, s.cleo, s.words()...)
	if a := s.stranger().form("/sign-in", "email", "anna@example.com", "password", "silver-pebble-orchard-92"); a.status != http.StatusUnauthorized {
		t.Errorf("the password that was not set: %d", a.status)
	}
}

// factor: that of an own person is reset by themselves, and who starts it is told the same of all of them.
func (s *shared) factor(t *testing.T) {
	reset := s.on(http.MethodPost, "reset-mfa", nil)
	page := func(m roster.Actor) reply { return s.olga.get("/o/acme/team/" + string(m.Member) + "/sign-in") }
	if got := alike(t, "resetting a factor that is not there", reset, s.anna, s.cleo, s.words()...); got != http.StatusConflict {
		t.Errorf("resetting a factor that is not there: %d", got)
	}
	anna, annas := s.protects(t, "anna@example.com")
	cleo, cleos := s.protects(t, "cleo@example.com")
	alike(t, "the ways in", page, s.anna, s.cleo, s.words()...)
	if got := alike(t, "resetting a factor", reset, s.anna, s.cleo, s.words()...); got != http.StatusOK {
		t.Errorf("resetting a factor: %d", got)
	}
	alike(t, "the ways in, when a reset was begun", page, s.anna, s.cleo, s.words()...)
	half, err := s.SignIn.SignIn(s.As(roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: "203.0.113.7"}), signin.Try{Email: "anna@example.com", Password: rostertest.Password})
	if must(t, err); half.Half == "" {
		t.Error("the administrator alone ended the factor")
	}
	for app, actor := range map[string]roster.Actor{annas: anna, cleos: cleo} { // they take it away themselves
		_, err := s.Factors.Remove(s.As(actor), app)
		must(t, err)
	}
	s.hers = s.person("anna@example.com") // her older session ended when she set it up
}

// protects sets a second factor up for somebody, and gives the session that has proved it, and the factor.
func (s *shared) protects(t *testing.T, email string) (actor roster.Actor, app string) {
	t.Helper()
	actor = s.as(email)
	offer, err := s.Factors.Offer(s.As(actor), "Roster", "")
	must(t, err)
	code, err := secret.TOTPCode(offer.Key, s.Clock.Now())
	must(t, err)
	added, err := s.Factors.Add(s.As(actor), factor.Addition{Sealed: offer.Sealed, Name: "Phone", Code: code})
	must(t, err)
	actor.Session, actor.Proofs = added.Session.ID, added.Session.Proofs
	return actor, added.Factor.ID
}

// link: a copied link makes a person of Acme's own, never opens the one at the address, and tells nothing of them.
func (s shared) link(t *testing.T) {
	words := []string{"bea@example.com", "new@example.com", "Bea", "New", "BX", "NX"}
	ids := map[string]roster.Actor{}
	invite := func(m roster.Actor) reply {
		return s.olga.json(http.MethodPost, at(s.Acme.ID, "members"), map[string]any{"email": m.Name, "first_name": map[bool]string{true: "Bea", false: "New"}[m.Name == words[0]], "last_name": "X"}, "Sec-Fetch-Site", "same-origin")
	}
	alike(t, "an invitation", func(m roster.Actor) reply {
		a := invite(m)
		id, _ := a.json(t)["id"].(string)
		ids[m.Name] = roster.Actor{Member: roster.MemberID(id), Name: m.Name}
		return a
	}, roster.Actor{Name: words[0]}, roster.Actor{Name: words[1]}, words...)
	links := map[string]string{}
	copied := func(m roster.Actor) reply {
		a := s.on(http.MethodPost, "invitation-link", nil)(m)
		links[m.Name], _ = a.json(t)["link"].(string)
		return a
	}
	known, unknown := ids[words[0]], ids[words[1]]
	alike(t, "a copied link", copied, known, unknown, words...)
	landing := func(m roster.Actor) reply { return s.landing(links[m.Name]) }
	alike(t, "the page of a copied link", landing, known, unknown, words...)

	_, secret, _ := strings.Cut(links[words[0]], string(s.Acme.ID)+"/")
	s.Accept(s.Acme.ID, secret, "Bea", "X") // Olga presses the button herself, with a password that she knows
	for _, organisation := range []string{"", "acme"} {
		a := s.stranger().form("/sign-in", "email", words[0], "password", rostertest.Password, "organisation", organisation)
		c := s.stranger()
		c.cookie = a.cookie("__Host-roster")
		inside := map[string]string{"": "beta", "acme": "acme"}[organisation] // the plain page means Bea herself, whose password is the same here
		for _, slug := range []string{"acme", "beta"} {
			if got := c.get("/o/" + slug + "/team").status; (got == http.StatusOK || got == http.StatusForbidden) != (slug == inside) {
				t.Errorf("signed in at %q, the team of %s: %d", organisation, slug, got)
			}
		}
	}
}

// landing opens a link as a browser does, and gives the page it leads to.
func (s shared) landing(link string) reply {
	path := link[strings.Index(link, "/invitation/"):]
	arrived := s.stranger().get(path)
	var cookies []string
	for _, c := range (&http.Response{Header: arrived.header}).Cookies() {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	return s.stranger().get(arrived.header.Get("Location"), "Cookie", strings.Join(cookies, "; "))
}

// email: an address is edited by nobody, and inviting one that is somebody's elsewhere is inviting any.
func (s shared) email(t *testing.T) {
	edit := s.on(http.MethodPatch, "", map[string]any{"email": "olga+anna@example.com"})
	if got := alike(t, "editing the address", edit, s.anna, s.cleo, s.words()...); got != http.StatusUnprocessableEntity {
		t.Errorf("editing the address: %d", got)
	}
	again := func(m roster.Actor) reply {
		email := map[roster.MemberID]string{s.anna.Member: "anna@example.com", s.cleo.Member: "cleo@example.com"}[m.Member]
		return s.olga.json(http.MethodPost, at(s.Acme.ID, "members"), map[string]any{"email": email, "first_name": "X", "last_name": "Y"}, "Sec-Fetch-Site", "same-origin")
	}
	if got := alike(t, "inviting the address again", again, s.anna, s.cleo, s.words()...); got != http.StatusConflict {
		t.Errorf("inviting the address again: %d", got)
	}
}

func (s shared) name(t *testing.T) {
	edit := s.on(http.MethodPatch, "", map[string]any{"first_name": "Renamed", "last_name": "By Olga", "phone": "+551155550100", "external_id": nil})
	if got := alike(t, "editing the names", edit, s.anna, s.cleo, s.words()...); got != http.StatusOK {
		t.Errorf("editing the names: %d", got)
	}
	if a := s.hers.get("/api/v1/me"); !strings.Contains(a.body, "Bergström") && strings.Contains(a.body, "Renamed By Olga") {
		t.Errorf("to herself Anna is %s", a.body)
	}
}

func (s shared) picture(t *testing.T) {
	var file bytes.Buffer
	must(t, png.Encode(&file, image.NewRGBA(image.Rect(0, 0, 20, 20))))
	set := func(m roster.Actor) reply {
		return s.olga.send(http.MethodPut, at(s.Acme.ID, "members", string(m.Member), "picture"), file.String(), "Content-Type", "image/png", "Sec-Fetch-Site", "same-origin", "If-Match", "*")
	}
	if got := alike(t, "setting the picture", set, s.anna, s.cleo, s.words()...); got != http.StatusOK {
		t.Errorf("setting the picture: %d", got)
	}
	otto := s.person("otto@example.com")
	if a := otto.get(at(s.beta.ID, "members", string(s.there.Member), "picture")); a.status != http.StatusNotFound {
		t.Errorf("Beta's picture of Anna: %d", a.status)
	}
	for _, m := range []roster.MemberID{s.anna.Member, s.there.Member} {
		if a := otto.get(at(s.Acme.ID, "members", string(m), "picture")); a.status != http.StatusNotFound {
			t.Errorf("Acme's picture, for Beta's Owner: %d", a.status)
		}
	}
}

func (s shared) block(t *testing.T) {
	if got := alike(t, "a block", s.on(http.MethodPost, "block", map[string]any{"reason": "so"}), s.anna, s.cleo, s.words()...); got != http.StatusOK {
		t.Errorf("a block: %d", got)
	}
	for who, c := range map[string]caller{"Anna": s.hers, "Cleo": s.cleos} {
		if a := c.get(at(s.Acme.ID, "members")); a.status != http.StatusForbidden {
			t.Errorf("blocked, %s reads Acme: %d", who, a.status)
		}
	}
	for what, do := range map[string]func(roster.Actor) reply{
		"the member":        s.on(http.MethodGet, "", nil),
		"the member's page": func(m roster.Actor) reply { return s.olga.get("/o/acme/team/" + string(m.Member)) },
		"the access":        s.on(http.MethodGet, "access", nil),
		"an unblock":        s.on(http.MethodPost, "unblock", nil),
	} {
		alike(t, what, do, s.anna, s.cleo, s.words()...)
	}
}

func (s shared) remove(t *testing.T) {
	alike(t, "what a removal ends", s.on(http.MethodGet, "removal", nil), s.anna, s.cleo, s.words()...)
	alike(t, "the question before", func(m roster.Actor) reply { return s.olga.get("/o/acme/team/" + string(m.Member) + "/remove") }, s.anna, s.cleo, s.words()...)
	if got := alike(t, "a removal", s.on(http.MethodDelete, "", nil), s.anna, s.cleo, s.words()...); got != http.StatusNoContent {
		t.Errorf("a removal: %d", got)
	}
	if a := s.hers.get(at(s.Acme.ID, "members")); a.status != http.StatusNotFound {
		t.Errorf("removed, Anna reads Acme: %d", a.status)
	}
	if a := s.cleos.get("/api/v1/me"); a.status != http.StatusUnauthorized { // it was the last membership
		t.Errorf("removed, Cleo is %d", a.status)
	}
	s.lines(t)
	alike(t, "the member's page", func(m roster.Actor) reply { return s.olga.get("/o/acme/team/" + string(m.Member)) }, s.anna, s.cleo, s.words()...)
}

// lines holds that the history of a member says the same of both, and nothing of Beta.
func (s shared) lines(t *testing.T) {
	t.Helper()
	numbers := regexp.MustCompile(`"(seq|next_after)":\d+`)
	lines := func(m roster.Actor) reply {
		a := s.olga.get(at(s.Acme.ID, "members", string(m.Member), "history"))
		a.body = numbers.ReplaceAllString(a.body, "")
		return a
	}
	alike(t, "the history of a member", lines, s.anna, s.cleo, s.words()...)
	for _, path := range []string{at(s.Acme.ID, "history"), "/o/acme/history", "/o/acme/team/" + string(s.anna.Member)} {
		a := s.olga.get(path)
		for _, word := range []string{"Beta", "beta", "Bergstr", "otto@", string(s.beta.ID), string(s.there.Member), string(s.anna.Person)} {
			if strings.Contains(a.body, word) {
				t.Errorf("%s tells %q: %s", path, word, a.body)
			}
		}
	}
}

// history: who was known already accepts as who is new does, as far as the inviter sees.
func (s shared) history(t *testing.T) {
	known := s.Own(s.Owner, s.as("bea@example.com"), named("bea@example.com", "Bea", "Berg"))
	fresh := s.Own(s.Owner, roster.Actor{}, named("new@example.com", "New", "Berg"))
	words := []string{"bea@example.com", "new@example.com", "Bea", "New", "BB", "NB"}
	numbers := regexp.MustCompile(`"(seq|next_after)":\d+`)
	for what, do := range map[string]func(roster.Actor) reply{
		"the member": s.on(http.MethodGet, "", nil),
		"the page":   func(m roster.Actor) reply { return s.olga.get("/o/acme/team/" + string(m.Member)) },
		"the history": func(m roster.Actor) reply {
			a := s.olga.get(at(s.Acme.ID, "members", string(m.Member), "history"))
			a.body = numbers.ReplaceAllString(a.body, "")
			return a
		},
	} {
		alike(t, what+" of who accepted", do, known, fresh, words...)
	}
	s.lines(t)
}

// search: what Anna is called in Beta finds nobody in Acme.
func (s shared) search(t *testing.T) {
	for _, path := range []string{"members?q=", "members?status=removed&q=", "access?q=", "history?member="} {
		for _, word := range []string{"bergstr", "Bergström", "otto", string(s.there.Member), string(s.anna.Person)} {
			a := s.olga.get(at(s.Acme.ID, path) + url.QueryEscape(word))
			if strings.Contains(a.body, string(s.anna.Member)) || a.status == http.StatusOK && strings.Contains(a.body, "mem_") && !strings.HasPrefix(path, "access") {
				t.Errorf("%s%s finds %s", path, word, a.body)
			}
		}
	}
	for _, word := range []string{"bergstr", "otto"} {
		if a := s.olga.get("/o/acme/team?q=" + word); !strings.Contains(a.body, "Nobody matches") {
			t.Errorf("the page finds %s: %.300s", word, a.body)
		}
	}
}

// timing: the answer takes the same path through the database, however many organisations somebody belongs to.
func (s shared) timing(t *testing.T) {
	asked := func(do func(m roster.Actor) reply, m roster.Actor) int64 {
		before := s.DB.Looked()
		do(m)
		return s.DB.Looked() - before
	}
	invite := func(m roster.Actor) reply {
		return s.olga.json(http.MethodPost, at(s.Acme.ID, "members"), map[string]any{"email": m.Name, "first_name": "X", "last_name": "Y"}, "Sec-Fetch-Site", "same-origin")
	}
	invite(roster.Actor{Name: "warm@example.com"}) // what is kept in memory is there
	if a, b := asked(invite, roster.Actor{Name: "bea@example.com"}), asked(invite, roster.Actor{Name: "new@example.com"}); a != b {
		t.Errorf("an invitation of who is known elsewhere asks %d statements, else %d", a, b)
	}
	for _, act := range []struct {
		what string
		do   func(roster.Actor) reply
	}{
		{"the member", s.on(http.MethodGet, "", nil)},
		{"the page", func(m roster.Actor) reply { return s.olga.get("/o/acme/team/" + string(m.Member)) }},
		{"an edit", s.on(http.MethodPatch, "", map[string]any{"last_name": "Berger"})},
		{"a password", s.on(http.MethodPost, "password", map[string]any{"password": "silver-pebble-orchard-92"})},
		{"a link for a new password", s.on(http.MethodPost, "reset-password", nil)},
		{"a block", s.on(http.MethodPost, "block", nil)},
		{"an unblock", s.on(http.MethodPost, "unblock", nil)},
		{"what a removal ends", s.on(http.MethodGet, "removal", nil)},
		{"a removal", s.on(http.MethodDelete, "", nil)},
	} {
		act.do(s.dora) // what is kept in memory is there
		if a, b := asked(act.do, s.anna), asked(act.do, s.cleo); a != b {
			t.Errorf("%s of who belongs elsewhere asks %d statements, else %d", act.what, a, b)
		}
	}
}
