package web

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"

	"roster/internal/action/method"
	"roster/internal/action/news"
	"roster/internal/action/operator"
	"roster/internal/action/org"
	"roster/internal/action/org/brand"
	"roster/internal/action/role"
	"roster/internal/action/signin"
	"roster/internal/action/signin/connect"
	"roster/internal/action/unit"
	"roster/internal/policy"
	"roster/internal/raster"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/server"
	"roster/internal/squeeze"
	"roster/internal/store/memberdb"
	"roster/internal/words"
)

// Desk is what every page's handler works with: it knows the visitor, fills the page's frame and
// shows what went wrong.
type Desk struct {
	Words     *words.Languages
	Assets    *Assets
	SignIn    *signin.Room
	Connect   *connect.Room
	Orgs      *org.Room
	Units     *unit.Room
	Roles     *role.Room
	Methods   *method.Room
	Operators *operator.Room
	Brands    *brand.Room
	News      *news.Room
	Key       *secret.Key
	Base      *url.URL // the installation's own address
	Clock     func() time.Time
	Log       *slog.Logger
	squeeze   squeeze.Pool
}

// Visit is one request for a page.
type Visit struct {
	Desk  *Desk
	W     http.ResponseWriter
	R     *http.Request
	Page  Page
	Entry org.Entry    // inside an organisation
	names names        // of roles and customer accounts, as they were asked for
	body  []byte       // of a form that was sent; it may have to wait for a confirmation
	house roster.House // how the installation looks
	taken flash        // the message that waited for this page; it has no Key when there was none
}

// Context gives the request's context, with the actor in it.
func (v *Visit) Context() context.Context { return v.R.Context() }

// Now gives the moment by which a page tells what has ended and what lasts. It decides nothing.
func (v *Visit) Now() time.Time { return v.Desk.Clock() }

// Told gives an error in the page's language.
func (v *Visit) Told(err error) *roster.Error { return roster.AsError(err).In(v.Page.Words.Tell) }

// Actor gives who asks.
func (v *Visit) Actor() roster.Actor { return roster.ActorFrom(v.R.Context()) }

// Handler answers a visit. An error becomes the error page.
type Handler func(v *Visit) error

// Open answers anyone; who is signed in is known all the same.
func (d *Desk) Open(h Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := d.visit(w, r)
		err := d.identify(v)
		if roster.AsError(err).Kind == roster.Unauthenticated {
			err = nil
		}
		d.answer(v, h, err)
	})
}

// Signed answers a signed-in person; anyone else is sent to sign in and comes back.
func (d *Desk) Signed(h Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := d.visit(w, r)
		v.keepBody()
		err := d.identify(v)
		if err == nil {
			var answered bool
			if answered, err = v.confirm(); answered && err == nil {
				return
			}
		}
		d.answer(v, h, err)
	})
}

// Inside answers a member of the organisation that the path's {org} names.
func (d *Desk) Inside(h Handler) http.Handler {
	return d.Signed(func(v *Visit) error {
		if err := v.enter(v.R.PathValue("org")); err != nil {
			return err
		}
		actor := v.Actor()
		if v.Entry.Visit != nil {
			actor.Name = v.Page.Viewer.Email
		}
		v.R = v.R.WithContext(server.WithActor(v.Context(), v.Entry.Actor(actor)))
		return h(v)
	})
}

// Beside answers a signed-in person on a page of their own. Around it is the organisation that they
// came from (in=) or their only one, where they can still enter it.
func (d *Desk) Beside(h Handler) http.Handler {
	return d.Signed(func(v *Visit) error {
		name := v.R.URL.Query().Get("in")
		if all := v.Page.Organisations; name == "" && len(all) == 1 {
			name = all[0].Slug
		}
		if name != "" {
			err := v.enter(name)
			if e := roster.AsError(err); err != nil && e.Kind != roster.NotFound && e.Kind != roster.Denied {
				return err
			}
		}
		return h(v)
	})
}

// Operating answers an operator in the operator area; for anyone else there is nothing.
func (d *Desk) Operating(h Handler) http.Handler {
	return d.Signed(func(v *Visit) error {
		actor, err := d.Operators.Enter(v.Context())
		switch {
		case roster.Is(err, "forbidden"):
			return roster.Errorf(roster.NotFound, "not_found", "There is nothing here.")
		case err != nil:
			return err
		}
		v.R, v.Page.Operating = v.R.WithContext(server.WithActor(v.Context(), actor)), true
		return h(v)
	})
}

// enter finds the visitor's place in an organisation and puts it around the page.
func (v *Visit) enter(organisation string) error {
	entry, err := v.Desk.Orgs.Enter(v.Context(), organisation)
	if err != nil {
		return err
	}
	v.Entry = entry
	v.Page.Organisation = Organisation{Slug: entry.Organisation.Slug, Name: entry.Organisation.Name, Picture: Emblem(entry.Organisation.ID, entry.Organisation.Picture), Accent: entry.Organisation.Brand.Accent}
	v.Page.Wear(entry.Organisation.Brand)
	if v.Page.Visit = entry.Visit; entry.Visit == nil {
		v.Page.Viewer.Member, v.Page.Viewer.Name = string(entry.Member.ID), entry.Member.Label()
		v.Page.Bell = v.bell()
		v.Page.FactorDue = policy.Of(entry.Organisation).FactorLater(v.Actor().Proofs, entry.Now)
	}
	v.Page.Allowed = entry.Allowed
	if from := Local(v.R.URL.Query().Get("from")); strings.HasPrefix(from, v.Page.In()) {
		v.Page.From = from
	}
	return nil
}

// bell counts what the visitor did not read of what they are told here: once, where a page shows it. A page does without
// it where it cannot be found out.
func (v *Visit) bell() func() int {
	ctx := roster.WithActor(v.Context(), v.Entry.Actor(v.Actor()))
	return sync.OnceValue(func() int {
		n, _ := v.Desk.News.Unread(ctx)
		return n
	})
}

func (d *Desk) visit(w http.ResponseWriter, r *http.Request) *Visit {
	v := &Visit{Desk: d, W: w, R: r, Page: Page{Assets: d.Assets, RequestID: server.RequestID(r.Context())}}
	v.Page.Theme, v.Page.Density = look(r)
	v.house, _ = d.Brands.Show(r.Context()) // where it cannot be found out, the page looks as it was made
	v.Page.Accent = v.house.Accent
	if v.house.Picture != "" {
		v.Page.Logo = "/brand/logo?hash=" + v.house.Picture
	}
	v.speak()
	v.Page.Wear(v.house.Brand)
	return v
}

// speak gives the page its words, in the first of some languages that there is, else in the browser's.
func (v *Visit) speak(chosen ...string) {
	v.Page.Words = v.Desk.Words.Best(v.R.Header.Get("Accept-Language"), chosen...).Calling(v.house.Product)
}

// identify finds the session's person. Kind: Unauthenticated without a session.
func (d *Desk) identify(v *Visit) error {
	key := server.SessionSecret(v.R)
	if key == "" {
		return roster.Errorf(roster.Unauthenticated, "not_signed_in", "Sign in first.")
	}
	session, err := d.SignIn.Check(v.Context(), key)
	if err != nil {
		return err
	}
	actor := v.Actor()
	actor.Kind, actor.Person, actor.Session, actor.Proofs = roster.ActorPerson, session.Person, session.ID, session.Proofs
	v.R = v.R.WithContext(server.WithActor(v.Context(), actor))
	me, err := d.SignIn.Me(v.Context())
	if err != nil {
		return err
	}
	actor.Name = me.Person.Email.Typed // what they do to what is theirs stands in the history under their address
	v.R = v.R.WithContext(server.WithActor(v.Context(), actor))
	v.Page.Viewer = Viewer{Name: me.Person.Email.Typed, Email: me.Person.Email.Typed, Operator: me.Person.Operates()}
	v.Page.Prefer(me.Person.Preferences)
	v.speak(me.Person.Language)
	for _, m := range me.Memberships {
		v.Page.Organisations = append(v.Page.Organisations, sign(m, actor.IP))
	}
	return nil
}

// sign gives an organisation of the visitor's, whose picture who is blocked there does not see.
func sign(m memberdb.Membership, ip string) Organisation {
	o := Organisation{Slug: m.Slug, Name: m.Name, Elsewhere: !policy.Within(m.From, ip)}
	if m.Status == roster.Active {
		o.Picture = Emblem(m.Org, m.Picture)
	}
	return o
}

// answer runs the handler and shows what went wrong.
func (d *Desk) answer(v *Visit, h Handler, err error) {
	v.takeFlash()
	if err == nil {
		err = h(v)
	}
	if led, lost := v.lead(err); led {
		if err = lost; err == nil {
			return
		}
	}
	switch e := roster.AsError(err); {
	case err == nil:
	case e.Kind == roster.Unauthenticated && (v.R.Method == http.MethodGet || v.R.Method == http.MethodHead):
		next := url.Values{"next": {v.R.URL.RequestURI()}}
		http.Redirect(v.W, v.R, "/sign-in?"+next.Encode(), http.StatusSeeOther)
	default:
		v.problem(*server.NewProblem(v.Context(), err))
	}
}

// problem shows the error page.
func (v *Visit) problem(p server.Problem) {
	maps.Copy(v.W.Header(), p.GetHeaders())
	p = p.In(v.Page.Words.Tell)
	page := Problem{Page: v.Page, Status: p.Status, Detail: p.Detail}
	if len(p.Missing) > 0 && v.Page.Organisation.Slug != "" {
		// Whom to ask is a help beside the refusal: where it cannot be found out, the refusal stands alone.
		page.Givers, _ = v.Desk.Orgs.Owners(v.Context())
	}
	if after, err := strconv.Atoi(v.W.Header().Get("Retry-After")); err == nil {
		page.Wait = v.Page.Span(time.Duration(after) * time.Second)
	}
	if p.Status == http.StatusUnauthorized {
		page.Retry = "/sign-in"
	}
	// A request whose time is over is told so too; and where even this page cannot be made, no other can.
	if err := v.send(context.WithoutCancel(v.Context()), p.Status, ProblemPage(page)); err != nil {
		server.WriteProblem(v.W, v.R, err)
	}
}

// ErrorPage is the page for what no handler answered: unknown addresses, foreign requests.
func (d *Desk) ErrorPage(w http.ResponseWriter, r *http.Request, p server.Problem) {
	d.visit(w, r).problem(p)
}

// Show answers with a page.
func (v *Visit) Show(c templ.Component) { v.Answer(http.StatusOK, c) }

// Answer answers with a page and a status. The page is made before anything is sent, so that one that
// cannot be made is an error page and not half of one. Answers to a GET are compressed where the browser
// takes it; those to a POST may hold a secret, and their length shall tell nothing of it.
func (v *Visit) Answer(status int, c templ.Component) {
	if err := v.send(v.Context(), status, c); err != nil {
		server.Fail(v.W, v.R, err)
	}
}

// send makes a page and sends it; an error says that it could not be made and nothing was sent.
func (v *Visit) send(ctx context.Context, status int, c templ.Component) error {
	var page bytes.Buffer
	if err := c.Render(ctx, &page); err != nil {
		return fmt.Errorf("web: page: %w", err)
	}
	h := v.W.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Add("Vary", "Accept-Encoding, Accept-Language, Cookie")
	body := page.Bytes()
	if v.R.Method == http.MethodGet && strings.Contains(v.R.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = v.Desk.squeeze.Gzip(body)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	v.W.WriteHeader(status)
	_, _ = v.W.Write(body) // a browser that went away is not our fault
	return nil
}

// Refuse shows a form again with what was wrong, with the error's own status; an error that no form
// can show is given back.
func (v *Visit) Refuse(err error, again func(Form) templ.Component) error {
	e := v.Told(err)
	if e.Code == "confirmation_required" { // asked for on a page of its own, with the form kept
		return err
	}
	switch e.Kind {
	case roster.Invalid, roster.Conflict, roster.Denied, roster.Limited, roster.Unavailable:
		p := server.NewProblem(v.Context(), err)
		maps.Copy(v.W.Header(), p.GetHeaders())
		v.Answer(p.Status, again(Form{Err: e}))
		return nil
	}
	return err
}

// Go sends the visitor on with a message for the next page; key names its sentence, filled from pairs.
// Without a key a message that waited for this page waits for the next.
func (v *Visit) Go(path, key string, pairs ...string) error {
	if key != "" {
		v.flash(flash{Key: key, Pairs: pairs})
	} else if v.taken.Key != "" {
		v.flash(v.taken)
	}
	http.Redirect(v.W, v.R, path, http.StatusSeeOther)
	return nil
}

// GoBack is Go with an offer to undo, which POSTs to a page of the dashboard.
func (v *Visit) GoBack(path, undo, key string, pairs ...string) error {
	v.flash(flash{Key: key, Pairs: pairs, Undo: undo})
	http.Redirect(v.W, v.R, path, http.StatusSeeOther)
	return nil
}

// flash is a message that waits in a cookie for the next page. It names a sentence of the
// catalogue, so that nobody can put words of their own there.
type flash struct {
	Key   string   `json:"k"`
	Pairs []string `json:"p,omitempty"`
	Undo  string   `json:"u,omitempty"`
}

const (
	flashCookie = "__Host-flash"
	lookCookie  = "__Host-look"
)

func (v *Visit) flash(f flash) {
	data, err := json.Marshal(f)
	if err != nil {
		return
	}
	v.SetCookie(flashCookie, base64.RawURLEncoding.EncodeToString(data), time.Minute)
}

func (v *Visit) takeFlash() {
	c, err := v.R.Cookie(flashCookie)
	if err != nil || v.R.Method != http.MethodGet {
		return
	}
	v.SetCookie(flashCookie, "", -1)
	data, err := base64.RawURLEncoding.DecodeString(c.Value)
	var f flash
	if err != nil || json.Unmarshal(data, &f) != nil || !strings.HasPrefix(f.Key, "toast.") {
		return
	}
	v.taken = f
	v.Page.Toast = &Toast{Message: v.Page.Say(f.Key, f.Pairs...)}
	if strings.HasPrefix(f.Undo, "/o/") {
		v.Page.Toast.Undo = Link{URL: f.Undo, Label: v.Page.Say("layout.undo")}
	}
}

// SetCookie sets a cookie of the dashboard that only the server reads; a negative age takes it away.
func (v *Visit) SetCookie(name, value string, age time.Duration) {
	seconds := int(age.Seconds())
	if age < 0 {
		seconds = -1
	}
	http.SetCookie(v.W, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: seconds, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// SentPicture gives the bytes of the file in a form's field "picture". Kind: Invalid, code picture_too_large, and what
// server.File refuses.
func (v *Visit) SentPicture() ([]byte, error) {
	data, err := server.File(v.R, "picture", raster.MaxBytes)
	if roster.Is(err, "too_large") {
		err = raster.TooLarge()
	}
	return data, err
}

// SendPicture answers with a picture, which may be kept for ever where it was asked for by its hash.
func (v *Visit) SendPicture(p raster.Picture) {
	h := v.W.Header()
	h.Set("Content-Type", p.Media)
	h.Set("Content-Length", strconv.Itoa(len(p.Data)))
	if v.R.URL.Query().Get("hash") == p.Hash {
		h.Set("Cache-Control", "private, max-age=31536000, immutable")
	}
	v.W.WriteHeader(http.StatusOK)
	_, _ = v.W.Write(p.Data) // a browser that went away is not our fault
}

// SetLook keeps a theme and density on this device, for the pages before somebody is signed in.
func (v *Visit) SetLook(theme, density string) {
	v.SetCookie(lookCookie, theme+"."+density, 365*24*time.Hour)
}

func look(r *http.Request) (theme, density string) {
	c, err := r.Cookie(lookCookie)
	if err != nil {
		return "", ""
	}
	theme, density, _ = strings.Cut(c.Value, ".")
	if !slices.Contains(roster.Themes(), theme) {
		theme = ""
	}
	if !slices.Contains(roster.Densities(), density) {
		density = ""
	}
	return theme, density
}

// Local gives a path of our own that a form or query names, or "/": never another site's address.
func Local(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return u.RequestURI()
}

// Absolute gives the absolute address of a path of ours, from the configured base alone.
func (d *Desk) Absolute(path string) string { return d.Base.JoinPath(path).String() }
