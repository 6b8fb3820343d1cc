// Package portal is the API's area of the host product's links into the dashboard: the setting that opens an organisation to
// them, and the links.
package portal

import (
	"context"
	"net/http"
	"time"

	"roster/internal/act"
	"roster/internal/action/org/portal"
	links "roster/internal/action/signin/portal"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/server/api"
)

type area struct {
	room     *portal.Room
	links    *links.Room
	absolute func(path string) string // the address of a path of Roster's
}

// Routes is the area.
func Routes(r *portal.Room, l *links.Room) api.Area {
	a := area{room: r, links: l}
	return func(d *api.Door) {
		a.absolute = d.Absolute
		api.Add(d, api.Op("GET /orgs/{org}/portal", act.PortalShow, "Show whom links of the host product bring in"), a.show)
		api.Add(d, api.Op("PUT /orgs/{org}/portal", act.PortalSet, "Set whom links of the host product bring in"), a.set, api.Tryable)
		api.Add(d, api.Op("POST /orgs/{org}/portal-links", act.PortalCreate, "Make a link by which the host product brings a member into the dashboard"), a.create, api.Created)
	}
}

// Portal is whom links of the host product bring in.
type Portal struct {
	OpenTo   string   `json:"open_to" enum:"off,members,administrators,owners" doc:"off: nobody. members: who administers nothing. administrators: they too, but for who may do all that an Owner may. owners: everybody."`
	Products []string `json:"products" nullable:"false" doc:"The host product's programs that can ask for a link, by name."`
}

func shown(s portal.Setting) Portal { return Portal{string(s.OpenTo), api.List(s.Products)} }

// PortalLevel is what the portal shall be opened to.
type PortalLevel struct {
	OpenTo string `json:"open_to" enum:"off,members,administrators,owners" doc:"To close it further ends the sessions that links began."`
}

// SetRequest is the request to set it.
type SetRequest struct {
	api.Inside
	api.Repeatable
	Body PortalLevel
}

func (a area) show(ctx context.Context, _ *api.Inside) (*api.Shown[Portal], error) {
	s, err := a.room.Show(ctx)
	return &api.Shown[Portal]{Body: shown(s)}, err
}

func (a area) set(ctx context.Context, in *SetRequest) (*api.Written[Portal], error) {
	return api.Write(ctx, http.StatusOK, func() (portal.Setting, error) { return a.room.Set(ctx, policy.Portal(in.Body.OpenTo)) }, func(s portal.Setting, _ bool) Portal { return shown(s) })
}

// NewPortalLink is what a link is asked for with.
type NewPortalLink struct {
	Member string `json:"member" doc:"Who is signed in at the host product: a member ID, an e-mail address or an external ID, in this order."`
	Page   string `json:"page,omitempty" enum:"home,team,api_users,units,roles,history,settings,profile" doc:"Where it leads; home when absent."`
}

// CreateRequest is the request for a link.
type CreateRequest struct {
	api.Inside
	api.Repeatable
	Body NewPortalLink
}

// PortalLink is a link, for the browser of the member who asked for it at the product.
type PortalLink struct {
	URL       api.Once   `json:"url" doc:"It works once."`
	Code      string     `json:"code,omitempty" doc:"secret_shown_once where url is null."`
	ExpiresAt *time.Time `json:"expires_at"`
	Member    string     `json:"member" doc:"The member's ID."`
}

func (a area) create(ctx context.Context, in *CreateRequest) (*api.Written[PortalLink], error) {
	org := roster.ActorFrom(ctx).Organisation
	return api.Write(ctx, http.StatusCreated, func() (links.Made, error) {
		return a.links.Create(ctx, links.Asked{Member: in.Body.Member, Page: in.Body.Page})
	}, func(m links.Made, once bool) PortalLink {
		out := PortalLink{ExpiresAt: api.Moment(m.Until), Member: string(m.Member.ID)}
		out.URL, out.Code = api.Secret(a.absolute(act.PortalPath(org, m.Secret)), once)
		return out
	})
}
