package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"roster/internal/server"
	"roster/internal/server/api"
	accessapi "roster/internal/server/api/access"
	apiuserapi "roster/internal/server/api/apiuser"
	catalogueapi "roster/internal/server/api/catalogue"
	"roster/internal/server/api/document"
	feedapi "roster/internal/server/api/feed"
	historyapi "roster/internal/server/api/history"
	importsapi "roster/internal/server/api/imports"
	jobapi "roster/internal/server/api/job"
	meapi "roster/internal/server/api/me"
	methodapi "roster/internal/server/api/method"
	networkapi "roster/internal/server/api/network"
	orgapi "roster/internal/server/api/org"
	peopleapi "roster/internal/server/api/people"
	portalapi "roster/internal/server/api/portal"
	roleapi "roster/internal/server/api/role"
	teamapi "roster/internal/server/api/team"
	unitapi "roster/internal/server/api/unit"
	viewapi "roster/internal/server/api/view"
	webhookapi "roster/internal/server/api/webhook"
	"roster/internal/server/authzen"
	"roster/internal/server/health"
	"roster/internal/server/oauth"
	"roster/internal/server/web"
	accesspages "roster/internal/server/web/access"
	apipages "roster/internal/server/web/apiuser"
	"roster/internal/server/web/entry"
	externalpages "roster/internal/server/web/external"
	factorpages "roster/internal/server/web/factor"
	historypages "roster/internal/server/web/history"
	importpages "roster/internal/server/web/imports"
	"roster/internal/server/web/invite"
	jobpages "roster/internal/server/web/job"
	mailboxpages "roster/internal/server/web/mailbox"
	mepages "roster/internal/server/web/me"
	methodpages "roster/internal/server/web/method"
	networkpages "roster/internal/server/web/network"
	notificationpages "roster/internal/server/web/notification"
	operatorpages "roster/internal/server/web/operator"
	orgpages "roster/internal/server/web/org"
	portalpages "roster/internal/server/web/portal"
	rolepages "roster/internal/server/web/role"
	teampages "roster/internal/server/web/team"
	bulkpages "roster/internal/server/web/team/bulk"
	peoplepages "roster/internal/server/web/team/people"
	viewpages "roster/internal/server/web/team/view"
	waypages "roster/internal/server/web/team/way"
	unitpages "roster/internal/server/web/unit"
	webhookpages "roster/internal/server/web/webhook"
	"roster/internal/words"
)

// DoorSettings are what the doors are hung with.
type DoorSettings struct {
	Base    *url.URL // where browsers and programs reach Roster
	Proxies []netip.Prefix
	Framers []string         // origins whose pages may frame ours
	Version string           // of Roster, as the API's document tells it
	Product string           // what the product is called on pages and in letters; empty for Roster
	Tokens  time.Duration    // the lifetime of access tokens; an hour when zero
	Clock   func() time.Time // the machine's clock when nil
	Log     *slog.Logger
	Started operatorpages.Started // what the server was started with, for operators to see
	Bounds  server.Bounds         // how much the doors take; nothing is bounded where it is zero
}

// Doors are every way in over HTTP.
type Doors struct {
	Mux     *server.Mux // for tests that walk the routes
	Handler http.Handler
	Metrics *server.Metrics
	Words   *words.Languages
	oauth   *oauth.Door
	log     *slog.Logger
}

// CatchUp notes the tokens that were given out and not counted yet.
func (d *Doors) CatchUp(ctx context.Context) error { return d.oauth.CatchUp(ctx) }

// Close notes what the doors have yet to note. Call it after the last request.
func (d *Doors) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := d.oauth.CatchUp(ctx); err != nil {
		d.log.WarnContext(ctx, "tokens not counted", "error", err)
	}
	d.oauth.Close()
}

// Doors hangs the doors of an open house.
func (h *House) Doors(ctx context.Context, s DoorSettings) (*Doors, error) {
	if s.Clock == nil {
		s.Clock = time.Now
	}
	say, err := words.Load()
	if err != nil {
		return nil, err
	}
	if s.Product != "" {
		say.Name(s.Product)
	}
	d := &Doors{Mux: server.NewMux(), Metrics: server.NewMetrics(), Words: say, log: s.Log}
	if d.oauth, err = oauth.New(ctx, oauth.Rooms{APIUsers: h.APIUser, Keys: h.Keys}, oauth.Settings{BaseURL: s.Base, Lifetime: s.Tokens, Clock: s.Clock, Log: s.Log}); err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	d.oauth.Mount(d.Mux)
	rest, err := api.New(h.Orgs, h.SignIn, api.Settings{
		BaseURL: s.Base, Key: h.Key, Bearer: d.oauth, Words: say.English(), Version: s.Version, Operators: h.Operators,
	})
	if err != nil {
		return nil, err
	}
	rest.Mount(d.Mux, h.areas(say.English())...)
	if err := document.Mount(rest, d.Mux); err != nil {
		return nil, err
	}
	decisions, err := authzen.New(h.Decisions, h.Orgs, authzen.Settings{BaseURL: s.Base, Bearer: d.oauth})
	if err != nil {
		return nil, err
	}
	decisions.Mount(d.Mux)
	if err := h.mountDashboard(d.Mux, s, say); err != nil {
		return nil, err
	}
	health.Mount(d.Mux, s.Log, h.DB.Ping)
	bounds := s.Bounds
	bounds.Clock = s.Clock
	d.Handler, err = server.Wrap(d.Mux, server.Options{BaseURL: s.Base, Proxies: s.Proxies, Framers: s.Framers, Log: s.Log, Metrics: d.Metrics, Bounds: bounds})
	return d, err
}

// areas are the parts of the API, in the order of its documents.
func (h *House) areas(say *words.Catalogue) []api.Area {
	return []api.Area{
		orgapi.Routes(orgapi.Rooms{Orgs: h.Orgs, SignIn: h.SignIn, Emblems: h.Emblems, Selves: h.Self, Owns: h.Own, News: h.News, Fleet: h.Fleet, Endings: h.Endings, Takeouts: h.Takeouts, Plans: h.Plans}), teamapi.Routes(teamapi.Rooms{Team: h.Team, Removals: h.Removals, Erasures: h.Erasures, Selves: h.Self, Pictures: h.Pictures, Bulks: h.Bulks, Exports: h.Exports, Factors: h.Factors, Ways: h.Ways, Recovery: h.Recovery, Profiles: h.Profiles}, say), accessapi.Routes(h.Access), roleapi.Routes(h.Roles),
		unitapi.Routes(h.Units), peopleapi.Routes(h.People), importsapi.Routes(h.Imports), jobapi.Routes(h.Letters, h.Imports), historyapi.Routes(h.History, h.Lines, say), feedapi.Routes(h.Feed), viewapi.Routes(h.Views), catalogueapi.Routes(h.Catalogue), methodapi.Routes(h.Methods), networkapi.Routes(h.Networks), portalapi.Routes(h.Portals, h.Links), apiuserapi.Routes(h.Credentials), meapi.Routes(meapi.Rooms{SignIn: h.SignIn, Factors: h.Factors}),
		webhookapi.Routes(h.Webhooks, h.Products),
	}
}

func (h *House) mountDashboard(m *server.Mux, s DoorSettings, say *words.Languages) error {
	assets, err := web.NewAssets()
	if err != nil {
		return err
	}
	desk := &web.Desk{Words: say, Assets: assets, SignIn: h.SignIn, Connect: h.Connect, Orgs: h.Orgs, Units: h.Units, Roles: h.Roles, Methods: h.Methods, Operators: h.Operators, Brands: h.Brands, News: h.News, Key: h.Key, Base: s.Base, Clock: s.Clock, Log: s.Log}
	m.Handle(server.Route{Method: http.MethodGet, Pattern: "/assets/{hash}/{file}", Action: "static", Reason: "our own style sheets, modules and icons", Handler: assets})
	m.Handle(server.Route{Method: http.MethodGet, Pattern: "/brand/{file}", Action: "static", Reason: "the style sheet of a colour, made of its address alone", Handler: http.HandlerFunc(web.Brand)})
	m.RenderErrors(desk.ErrorPage)
	entry.NewDoor(desk, entry.Rooms{SignIn: h.SignIn, Connect: h.Connect, Recovery: h.Recovery, Mailbox: h.Mailbox, Emblems: h.Emblems}).Mount(m)
	networkpages.NewDoor(desk, h.Networks).Mount(m)
	portalpages.NewDoor(desk, h.Portals, h.Links).Mount(m)
	mailboxpages.NewDoor(desk, h.Mailbox).Mount(m)
	mepages.NewDoor(desk, mepages.Rooms{Self: h.Self, Passwords: h.Passwords, Own: h.Own, News: h.News, SignIn: h.SignIn}).Mount(m)
	notificationpages.NewDoor(desk, h.News).Mount(m)
	factorpages.NewDoor(desk, factorpages.Rooms{Factors: h.Factors, SignIn: h.SignIn, Team: h.Team}).Mount(m)
	secretPage := apipages.Page{TokenURL: desk.Absolute("/oauth2/token")}
	apipages.NewDoor(desk, h.Credentials, secretPage).Mount(m)
	teampages.NewDoor(desk, teampages.Rooms{Team: h.Team, Removals: h.Removals, Erasures: h.Erasures, Selves: h.Self, Pictures: h.Pictures, Exports: h.Exports, Profiles: h.Profiles, Views: h.Views, Recovery: h.Recovery}, h.SignIn.Settings().Idle, secretPage.Show).Mount(m)
	bulkpages.NewDoor(desk, h.Team, h.Bulks).Mount(m)
	peoplepages.NewDoor(desk, h.Team, h.People).Mount(m)
	importpages.NewDoor(desk, h.Imports).Mount(m)
	jobpages.NewDoor(desk, h.Letters, h.Imports).Mount(m)
	viewpages.NewDoor(desk, h.Views).Mount(m)
	waypages.NewDoor(desk, h.Ways).Mount(m)
	unitpages.NewDoor(desk, h.Units, h.Team).Mount(m)
	externalpages.NewDoor(desk, h.Units, h.Team).Mount(m)
	rolepages.NewDoor(desk, h.Roles, h.Access).Mount(m)
	accesspages.NewDoor(desk, accesspages.Rooms{Access: h.Access, Team: h.Team, Orgs: h.Orgs}, secretPage.Show).Mount(m)
	historypages.NewDoor(desk, h.History, h.Lines, h.Team).Mount(m)
	orgpages.NewDoor(desk, h.Orgs, h.Emblems).Mount(m)
	methodpages.NewDoor(desk, h.Methods, h.Connect).Mount(m)
	webhookpages.NewDoor(desk, h.Webhooks).Mount(m)
	invite.NewDoor(desk, h.Team).Mount(m)
	operatorpages.NewDoor(desk, operatorpages.Rooms{Operators: h.Operators, Brands: h.Brands, Orgs: h.Orgs, Fleet: h.Fleet, Endings: h.Endings, Takeouts: h.Takeouts, Plans: h.Plans, History: h.History, Outbox: h.Outbox, Catalogue: h.Catalogue, Keys: h.Keys, Settings: s.Started}).Mount(m)
	return nil
}
