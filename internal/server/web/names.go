package web

import (
	"encoding/json"
	"slices"
	"strings"

	"roster/internal/action/access"
	"roster/internal/action/role"
	"roster/internal/action/unit"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/server"
)

// names are what roles and customer accounts are called, asked for once in a visit.
type names struct {
	roles  map[string]Named
	all    []role.View
	places map[roster.UnitID]string
	above  map[roster.UnitID][]roster.Unit // what the places that were looked up stand in, as far as is seen
	items  map[string]string               // of permissions and scopes, by "permission:" or "scope:" and the key
}

// Named is what something is called and what it is.
type Named struct {
	Name, Description string
	Empty             bool // a role that gives nothing
}

// Role gives what a role is called, by its ID or key, in the page's language where it is built in. One that
// the visitor may not see is called by its key.
func (v *Visit) Role(key string) Named {
	if v.names.roles == nil {
		v.names.roles = map[string]Named{}
		// Names are a help: where they cannot be found out, the keys stand.
		v.names.all, _ = v.Desk.Roles.List(v.Context())
		for i := range v.names.all {
			r := &v.names.all[i]
			if r.BuiltIn {
				r.Name, r.Description = v.Page.sayOr("team.role."+r.Key, r.Name), v.Page.Words.Own(r.Description)
			}
			v.names.roles[r.ID] = Named{r.Name, r.Description, len(r.Permissions)+len(r.Scopes) == 0}
			v.names.roles[r.Key] = v.names.roles[r.ID]
		}
	}
	if n, ok := v.names.roles[key]; ok {
		return n
	}
	return Named{Name: v.Page.sayOr("team.role."+key, key)}
}

// AllRoles gives every role that the visitor sees.
func (v *Visit) AllRoles() []role.View {
	v.Role("")
	return v.names.all
}

// RoleName gives a role's name alone.
func (v *Visit) RoleName(key string) string { return v.Role(key).Name }

// GrantName says what a grant gives.
func (v *Visit) GrantName(g roster.Grant) Named {
	switch {
	case g.Role != "":
		return v.Role(g.Role)
	case g.Permission != "":
		if name := v.names.items["permission:"+g.Permission]; name != "" {
			return Named{Name: name}
		}
		return Named{Name: v.Page.Say("layout.permission", "key", g.Permission)}
	}
	return Named{Name: v.Page.Say("layout.scope", "key", v.ItemName("scope", g.Scope))}
}

// KnowsCatalogue notes what permissions and scopes are called; where nobody noted it they are called by their keys.
// From then on Roster's own are called and described in the page's language in g, too.
func (v *Visit) KnowsCatalogue(g access.Givable) {
	v.names.items = map[string]string{}
	own := v.Page.Words.Own
	for i := range g.Permissions {
		p := &g.Permissions[i]
		p.Name, p.Description = own(p.Name), own(p.Description)
		v.names.items["permission:"+p.Key] = p.Name
	}
	for i := range g.Scopes {
		s := &g.Scopes[i]
		s.Name, s.Description = own(s.Name), own(s.Description)
		v.names.items["scope:"+s.Key] = s.Name
	}
	for i := range g.Roles {
		g.Roles[i].Description = v.Role(g.Roles[i].ID).Description
	}
}

// ItemName gives what a "permission" or "scope" is called.
func (v *Visit) ItemName(kind, key string) string {
	if name := v.names.items[kind+":"+key]; name != "" {
		return name
	}
	return key
}

// PlaceName gives what a place is called: the whole organisation, or a customer account. One that the
// visitor may not see is called so. A page with several names them all by LookUp first.
func (v *Visit) PlaceName(id roster.UnitID) string {
	if id == "" {
		return v.Page.Say("layout.everywhere")
	}
	v.LookUp(id)
	return v.names.places[id]
}

// LookUp finds out what customer accounts are called, all in one look, so that PlaceName need not ask for
// one after the other.
func (v *Visit) LookUp(ids ...roster.UnitID) {
	var unknown []roster.UnitID
	for _, id := range ids {
		if _, known := v.names.places[id]; !known && id != "" && !slices.Contains(unknown, id) {
			unknown = append(unknown, id)
		}
	}
	for some := range slices.Chunk(unknown, 200) {
		// Names are a help: where they cannot be found out, the places are called unseen.
		page, _ := v.Desk.Units.List(v.Context(), unit.Query{IDs: some})
		for _, id := range some {
			v.Knows(roster.Unit{ID: id, Name: v.Page.Say("layout.elsewhere")})
		}
		for _, u := range page.Units {
			v.Knows(u.Unit)
			v.names.above[u.ID] = u.Path
		}
	}
}

// Within tells whether a customer account is another or stands in it, as far as the visitor sees.
func (v *Visit) Within(id, top roster.UnitID) bool {
	v.LookUp(id)
	return id == top || slices.ContainsFunc(v.names.above[id], func(u roster.Unit) bool { return u.ID == top })
}

// LookUpGrants is LookUp for where grants lie.
func (v *Visit) LookUpGrants(grants []roster.Grant) {
	ids := make([]roster.UnitID, len(grants))
	for i, g := range grants {
		ids[i] = g.Unit
	}
	v.LookUp(ids...)
}

// Knows notes a customer account's name, so that PlaceName need not ask for it.
func (v *Visit) Knows(u roster.Unit) {
	if v.names.places == nil {
		v.names.places, v.names.above = map[roster.UnitID]string{}, map[roster.UnitID][]roster.Unit{}
	}
	v.names.places[u.ID] = u.Name
}

// mostPlaces bounds how many customer accounts a list of places offers; beyond, it is searched.
const mostPlaces = 100

// Places gives the customer accounts that a list offers: those that a search finds, or without one the tree
// from the top. More says that there are others; who may not see customer accounts is offered none.
func (v *Visit) Places(find string) (list []unit.View, more bool) {
	page, err := v.Desk.Units.List(v.Context(), unit.Query{Text: find, Outline: find == "", Limit: mostPlaces})
	if err != nil {
		return nil, find != ""
	}
	return page.Units, page.Next != "" || find == "" && page.More
}

// PlaceOptions writes customer accounts as a list of places offers them; those that are put away cannot be
// chosen.
func (v *Visit) PlaceOptions(list []unit.View, chosen string) []Option {
	var options []Option
	for _, u := range list {
		v.Knows(u.Unit)
		o := Option{Value: string(u.ID), Label: strings.Repeat("\u2003", len(u.Path)) + u.Name, Text: u.Name, Checked: string(u.ID) == chosen}
		if u.PutAway {
			o.Disabled, o.Label = true, v.Page.Say("layout.put_away", "name", o.Label)
		}
		options = append(options, o)
	}
	return options
}

// FormKey makes the key by which a form that comes twice is known.
func FormKey() string { return secret.New("frm_") }

// Once ties a form to its key, form_key: a form that comes again does nothing again, and its Replay names
// the member that it made. Kind Invalid, code malformed.
func (v *Visit) Once(f map[string]string, of func(any) roster.Member) (*roster.Call, error) {
	key := f["form_key"]
	if key == "" {
		return nil, roster.Errorf(roster.Invalid, "malformed", "This form is not complete. Open it again.")
	}
	data, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	call := &roster.Call{Key: key, MAC: v.Desk.Key.MAC("form", data), Encode: func(result any) (roster.Answer, error) {
		return roster.Answer{Status: 200, Body: string(of(result).ID)}, nil
	}}
	actor := v.Actor()
	actor.Call = call
	v.R = v.R.WithContext(server.WithActor(v.Context(), actor))
	return call, nil
}
