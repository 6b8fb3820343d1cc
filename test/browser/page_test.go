package browser_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/app"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/browser"
	"roster/internal/rostertest/postbox"
	"roster/internal/rostertest/postgres"
)

// demo serves the sample organisation, with its visitor as the Owner Olga.
func demo(t *testing.T, database string) *site {
	t.Helper()
	seeded, err := app.SeedDemo(context.Background(), database, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, database, postbox.StartTLS)
	s.Acme = seeded.Organisation
	s.Owner = s.Accept(s.Acme.ID, path.Base(seeded.Path), "Olga", "Owner")
	s.email = seeded.Visitor.Email.Typed
	return s
}

// walk looks at one page after the other.
type walk struct {
	*site
	plain bool // without JavaScript
}

// pictures is the variable with a folder for pictures of every page, to look at by hand.
const pictures = "ROSTER_GALLERY"

// window is how a page is looked at.
type window struct {
	dark  bool
	width int
	axe   bool
}

// windows are three widths, light and dark, of which axe is asked about one of each: at the small count about one of three
// for each page, drawn by its name.
func (w walk) windows(name string) []window {
	all := [3][]window{{{false, 360, true}, {false, 768, false}}, {{true, 768, true}, {true, 360, false}}, {{true, 1280, false}, {false, 1280, true}}}
	if os.Getenv("ROSTER_PROOF") != "" || os.Getenv(pictures) != "" {
		every := slices.Concat(all[:]...)
		every[len(every)-1].axe = false // light was asked about
		return every
	}
	h := fnv.New32a()
	fmt.Fprint(h, name, w.plain)
	return all[h.Sum32()%3]
}

// look holds a page to what every page must be.
func (w walk) look(p *browser.Page, name string) {
	w.t.Helper()
	for _, way := range w.windows(name) {
		p.Scheme(way.dark)
		p.Resize(way.width)
		if over := p.Overflow(); over > 0 {
			w.t.Errorf("%s is %d pixels wider than %d", name, over, way.width)
		}
		if way.axe {
			p.CheckAxe()
		}
		w.keep(p, name, way.dark, way.width)
	}
}

// keep keeps pictures of a page where someone wants to look at them.
func (w walk) keep(p *browser.Page, name string, dark bool, width int) {
	dir := os.Getenv(pictures)
	if dir == "" {
		return
	}
	switch {
	case w.plain && width == 1280 && !dark:
		p.FullScreenshot(filepath.Join(dir, "plain", name+".png"))
	case w.plain:
	case width == 1280 && !dark:
		p.FullScreenshot(filepath.Join(dir, "light-1280", name+".png"))
	case width == 360 && dark:
		p.FullScreenshot(filepath.Join(dir, "dark-360", name+".png"))
	}
}

// visit opens an address and looks.
func (w walk) visit(p *browser.Page, name string, status int, address string) {
	w.t.Helper()
	if got := p.Open(address); got != status {
		w.t.Errorf("%s: %d, not %d", name, got, status)
	}
	w.look(p, name)
}

func TestEveryPageIsAccessibleAndFitsAnyWindow(t *testing.T) {
	databases := map[bool]func(*testing.T) string{}
	for _, plain := range []bool{false, true} {
		databases[plain] = func(t *testing.T) string { return filepath.Join(t.TempDir(), "roster.db") }
		if plain && postgres.Wanted() {
			databases[plain] = func(t *testing.T) string { return rostertest.Database(t) }
		}
	}
	for name, plain := range map[string]bool{"script": false, "plain": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := walk{demo(t, databases[plain](t)), plain}
			w.entrance()
			owner := w.signedIn(w.email, browser.Options{NoScript: plain})
			w.lists(owner)
			w.forms(owner)
			w.members(owner)
			w.refusals(owner)
		})
	}
}

// entrance looks at what is in front of the dashboard.
func (w walk) entrance() {
	o := browser.Options{NoScript: w.plain}
	p := w.visitor(o)
	w.visit(p, "sign-in", http.StatusOK, w.url+"/sign-in")
	p.Fill("E-mail", "nobody@example.com")
	p.Fill("Password", "not the password")
	p.Click("Sign in")
	p.WaitText("The e-mail address or the password is not right.")
	w.look(p, "sign-in-wrong")
	w.tries("nobody@example.com")
	p.Fill("Password", "not the password")
	p.Click("Sign in")
	p.WaitText("There were too many tries.")
	p.WaitText("Try again in ")
	if p.Status() != http.StatusTooManyRequests {
		w.t.Errorf("too many tries: %d", p.Status())
	}
	w.look(p, "too-many-tries")
	w.visit(p, "404-outside", http.StatusNotFound, w.url+"/nothing")
	w.landings(p)
	w.dead(p)
}

// tries tries an address until the next try has to wait for minutes.
func (w walk) tries(email string) {
	w.t.Helper()
	ctx := w.As(roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: "203.0.113.9"})
	for range 60 {
		_, err := w.SignIn.SignIn(ctx, signin.Try{Email: email, Password: "wrong"})
		wait := roster.AsError(err).RetryAfter
		if wait > 2*time.Minute {
			return
		}
		w.clock.pass(wait)
	}
	w.t.Fatal("tries never have to wait")
}

func (w walk) landings(p *browser.Page) {
	_, link := w.invite("fresh@example.com", "Anna", "Berg", roster.RoleAuditor)
	w.visit(p, "landing-fresh", http.StatusOK, link)
	p.Fill("First name", "")
	p.Fill("Password", "short")
	p.Click("Accept invitation")
	p.WaitText("This needs your attention")
	w.look(p, "landing-errors")
	p.Fill("First name", "Anna")
	accept(p)
	p.WaitURL("/sign-in")
	w.look(p, "sign-in-welcome")
	signIn(p, "fresh@example.com")

	_, other := w.invite("other@example.com", "Otto", "Mann", roster.RoleMember)
	w.visit(p, "landing-other", http.StatusOK, other)

	away := w.other("Fresh Harbour", "away@example.com")
	m, known := away.invited("fresh@example.com", 2)
	w.visit(p, "landing-ready", http.StatusOK, known)
	q := w.visitor(browser.Options{NoScript: w.plain})
	w.visit(q, "landing-known", http.StatusOK, known)
	p.Click("Join Fresh Harbour")
	w.visit(p, "chooser", http.StatusOK, w.url)
	p.Open(w.url + "/o/" + away.Acme.Slug + "/team/" + string(m.ID))
	w.look(p, "member-self")

	w.visit(q, "landing-blocked", http.StatusOK, w.startBlocked("later@example.com"))
	accept(q)
	q.WaitText("Your password is set")
	w.look(q, "waiting")
}

// other founds another organisation and gives the site as its Owner sees it.
func (w walk) other(name, owner string) *site {
	w.t.Helper()
	s := *w.site
	house := *w.House
	s.House = &house
	s.foundAs(name, owner, roster.PlanPlayground)
	return &s
}

// invited invites an address once more and gives the link in its n-th letter.
func (s *site) invited(email string, n int) (roster.Member, string) {
	s.t.Helper()
	v, err := s.Team.Invite(s.As(s.Owner), invitationOf(email, roster.RoleAuditor))
	if err != nil {
		s.t.Fatal(err)
	}
	return v.Member, s.mail.Wait(s.t, email, n).Link(s.t, "/invitation/")
}

func (w walk) startBlocked(email string) string {
	w.t.Helper()
	in := invitationOf(email, roster.RoleMember)
	in.StartBlocked = true
	if _, err := w.Team.Invite(w.As(w.Owner), in); err != nil {
		w.t.Fatal(err)
	}
	return w.mail.Wait(w.t, email, 1).Link(w.t, "/invitation/")
}

func (w walk) dead(p *browser.Page) {
	ctx := w.As(w.Owner)
	m, link := w.invite("dead@example.com", "Dora", "Lind", roster.RoleMember)
	if _, err := w.Team.Resend(ctx, m.ID); err != nil {
		w.t.Fatal(err)
	}
	w.visit(p, "dead-superseded", http.StatusGone, link)
	if _, err := w.Team.Remove(ctx, m.ID); err != nil {
		w.t.Fatal(err)
	}
	last := w.mail.Wait(w.t, "dead@example.com", 2).Link(w.t, "/invitation/")
	w.visit(p, "dead-withdrawn", http.StatusGone, last)
	w.visit(p, "dead-used", http.StatusGone, w.mail.Wait(w.t, "fresh@example.com", 1).Link(w.t, "/invitation/"))
	w.visit(p, "dead-unknown", http.StatusNotFound, link+"x")
	short := invitationOf("short@example.com", roster.RoleMember)
	short.TTL = 24 * time.Hour
	v, err := w.Team.Invite(ctx, short)
	if err != nil {
		w.t.Fatal(err)
	}
	link = w.mail.Wait(w.t, "short@example.com", 1).Link(w.t, "/invitation/")
	w.sent(v.ID)
	w.clock.pass(25 * time.Hour)
	w.visit(p, "dead-expired", http.StatusGone, link)
}

func (w walk) lists(p *browser.Page) {
	w.visit(p, "team", http.StatusOK, w.at("team"))
	w.visit(p, "team-columns", http.StatusOK, w.at("team")+"?columns=all")
	w.visit(p, "team-filtered", http.StatusOK, w.at("team")+"?q=a&status=blocked")
	w.visit(p, "team-no-match", http.StatusOK, w.at("team")+"?q=xyzzy")
	w.visit(p, "api-users", http.StatusOK, w.at("team")+"?kind=api")
	w.visit(p, "history", http.StatusOK, w.at("history"))
	w.visit(p, "profile", http.StatusOK, w.url+"/me")
	w.visit(p, "security", http.StatusOK, w.url+"/me/security")
	w.visit(p, "preferences", http.StatusOK, w.url+"/me/preferences")
	w.visit(p, "own-profile", http.StatusOK, w.at("me"))
	if !w.plain {
		p.Open(w.at("team"))
		p.Click("Actions for Maya Oduya")
		w.keep(p, "menu", false, 1280)
		p.CheckAxe()
		p.Click("Block")
		p.WaitText("Block Maya Oduya-Lind?")
		w.look(p, "dialog-block")
		p.Press("Escape")
		p.Press("?")
		p.WaitText("Use keyboard shortcuts in this browser")
		w.look(p, "dialog-shortcuts")
	}
	w.empty()
}

// empty looks at an organisation with nobody in it but its Owner.
func (w walk) empty() {
	s := w.other("Quiet Bay", "quiet@example.com")
	p := s.signedIn("quiet@example.com", browser.Options{NoScript: w.plain})
	w.visit(p, "team-empty", http.StatusOK, s.at("team"))
	w.visit(p, "api-users-empty", http.StatusOK, s.at("team")+"?kind=api")
	for i := range 9 {
		if _, err := s.Team.Invite(s.As(s.Owner), invitationOf(string(rune('a'+i))+"@example.com", roster.RoleMember)); err != nil {
			w.t.Fatal(err)
		}
	}
	w.visit(p, "team-full", http.StatusOK, s.at("team"))
	w.visit(p, "add-full", http.StatusOK, s.at("team", "add"))
}

func (w walk) forms(p *browser.Page) {
	w.visit(p, "add", http.StatusOK, w.at("team", "add"))
	p.Fill("E-mail", "a@b@c")
	p.Fill("Phone", "12")
	p.Click("Send invitation")
	p.WaitText("This needs your attention")
	w.look(p, "add-errors")
	p.Fill("E-mail", "maya.oduya@example.com")
	p.Fill("First name", "Maya")
	p.Fill("Last name", "Oduya")
	p.Fill("Phone", "")
	p.Click("Send invitation")
	p.WaitText("maya.oduya@example.com is a member already.")
	w.look(p, "add-known")
	w.visit(p, "add-api", http.StatusOK, w.at("team", "add")+"?kind=api")
	p.Click("Make API user")
	p.WaitText("This needs your attention")
	w.look(p, "add-api-errors")
	p.Fill("Name", "Route planner")
	p.Tick("Auditor", true)
	p.Click("Make API user")
	p.WaitText("Route planner is ready")
	w.look(p, "secret")
	p.Reload()
	p.WaitText("Route planner was made already.")
	w.look(p, "secret-again")
}

func (w walk) members(p *browser.Page) {
	ids := w.ids()
	for _, name := range []string{"active", "invited", "expired", "refused", "blocked", "removed", "api"} {
		w.visit(p, "member-"+name, http.StatusOK, w.at("team", string(ids[name])))
	}
	w.visit(p, "edit", http.StatusOK, w.at("team", string(ids["active"]), "edit"))
	p.Fill("First name", "")
	p.Click("Save changes")
	p.WaitText("This needs your attention")
	w.look(p, "edit-errors")
	w.stale(p, ids["active"])
	w.visit(p, "edit-api", http.StatusOK, w.at("team", string(ids["api"]), "edit"))
	for act, who := range map[string]string{"block": "active", "unblock": "blocked", "resend": "expired", "link": "expired", "remove": "active"} {
		w.visit(p, act, http.StatusOK, w.at("team", string(ids[who]), act))
	}
	p.Open(w.at("team", string(ids["active"]), "remove"))
	p.Click("Remove ")
	p.WaitText("This needs your attention")
	w.look(p, "remove-errors")
	w.visit(p, "withdraw", http.StatusOK, w.at("team", string(ids["expired"]), "remove"))
	w.visit(p, "block-api", http.StatusOK, w.at("team", string(ids["api"]), "block"))
	p.Open(w.at("team", string(ids["expired"]), "link"))
	p.Click("Make the link")
	p.WaitText("It is shown this once.")
	w.look(p, "link-shown")
	p.Open(w.at("team", string(ids["active"]), "block"))
	p.Fill("Reason", "On leave until May")
	p.Click("Block ")
	p.WaitOffer("Undo")
	w.look(p, "toast")
}

// stale sends a form that someone else was faster than.
func (w walk) stale(p *browser.Page, id roster.MemberID) {
	p.Open(w.at("team", string(id), "edit"))
	if _, err := w.Team.Edit(w.As(w.Owner), id, team.Edit{Profile: func(m roster.Member) roster.Profile {
		return roster.Profile{FirstName: m.FirstName, LastName: "Meanwhile", Phone: m.Phone}
	}}); err != nil {
		w.t.Fatal(err)
	}
	p.Fill("Phone", "+55 11 5555 0100")
	p.Click("Save changes")
	p.WaitText("Someone changed this meanwhile.")
	w.look(p, "edit-stale")
}

// ids finds a member of each sort among the sample's.
func (w walk) ids() map[string]roster.MemberID {
	w.t.Helper()
	ids := map[string]roster.MemberID{}
	for name, words := range map[string]string{"active": "Maya", "invited": "Pavel", "expired": "Ines", "refused": "Gustavo", "blocked": "Victor", "api": "Payroll"} {
		page, err := w.Team.List(w.As(w.Owner), team.Query{Text: words})
		if err != nil || len(page.Members) != 1 {
			w.t.Fatalf("%s: %d members %v", words, len(page.Members), err)
		}
		ids[name] = page.Members[0].ID
	}
	page, err := w.Team.List(w.As(w.Owner), team.Query{Status: []roster.Status{roster.Removed}, Kinds: []roster.MemberKind{roster.Regular}})
	if err != nil || len(page.Members) == 0 {
		w.t.Fatal("nobody is removed: ", err)
	}
	ids["removed"] = page.Members[0].ID
	return ids
}

// refusals looks at what the viewer has no right to, and at what is not there.
func (w walk) refusals(owner *browser.Page) {
	w.visit(owner, "404", http.StatusNotFound, w.at("team", string(roster.NewMemberID())))
	w.Join("plain@example.com", "Paul", "Plain", roster.RoleMember)
	p := w.signedIn("plain@example.com", browser.Options{NoScript: w.plain})
	p.WaitURL("/me")
	p.Open(w.url + "/o/" + w.Acme.Slug) // the organisation stays around who may see no page of it
	p.WaitURL("/me?in=")
	w.look(p, "profile-plain")
	w.visit(p, "403-team", http.StatusForbidden, w.at("team"))
	w.Join("auditor@example.com", "Ada", "Auditor", roster.RoleAuditor)
	a := w.signedIn("auditor@example.com", browser.Options{NoScript: w.plain})
	w.look(a, "team-auditor")
	w.visit(a, "403-add", http.StatusForbidden, w.at("team", "add"))
	w.visit(a, "member-auditor", http.StatusOK, w.at("team", string(w.ids()["active"])))
}
