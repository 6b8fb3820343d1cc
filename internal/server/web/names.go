package web

import (
	"encoding/json"
	"strings"

	"roster/internal/action/unit"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/server"
)

// names are what roles and customer accounts are called, asked for once in a visit.
type names struct {
	roles  map[string]Named
	places map[roster.UnitID]string
}

// Named is what something is called and what it is.
type Named struct{ Name, Description string }

// Role gives what a role is called, by its ID or key, in the page's language where it is built in. One that
// the visitor may not see is called by its key.
func (v *Visit) Role(key string) Named {
	if v.names.roles == nil {
		v.names.roles = map[string]Named{}
		// Names are a help: where they cannot be found out, the keys stand.
		all, _ := v.Desk.Roles.List(v.Context())
		for _, r := range all {
			v.names.roles[r.ID] = Named{v.Page.sayOr("team.role."+r.Key, r.Name), r.Description}
		}
	}
	if n, ok := v.names.roles[key]; ok {
		return n
	}
	return Named{Name: v.Page.sayOr("team.role."+key, key)}
}

// RoleName gives a role's name alone.
func (v *Visit) RoleName(key string) string { return v.Role(key).Name }

// GrantName says what a grant gives.
func (v *Visit) GrantName(g roster.Grant) Named {
	switch {
	case g.Role != "":
		return v.Role(g.Role)
	case g.Permission != "":
		return Named{Name: v.Page.Say("layout.permission", "key", g.Permission)}
	}
	return Named{Name: v.Page.Say("layout.scope", "key", g.Scope)}
}

// PlaceName gives what a place is called: the whole organisation, or a customer account. One that the
// visitor may not see is called so.
func (v *Visit) PlaceName(id roster.UnitID) string {
	if id == "" {
		return v.Page.Say("layout.everywhere")
	}
	if name, known := v.names.places[id]; known {
		return name
	}
	name := v.Page.Say("layout.elsewhere")
	if u, err := v.Desk.Units.Show(v.Context(), id); err == nil {
		name = u.Name
	}
	v.Knows(roster.Unit{ID: id, Name: name})
	return name
}

// Knows notes a customer account's name, so that PlaceName need not ask for it.
func (v *Visit) Knows(u roster.Unit) {
	if v.names.places == nil {
		v.names.places = map[roster.UnitID]string{}
	}
	v.names.places[u.ID] = u.Name
}

// mostPlaces bounds how many customer accounts a list of places offers; beyond, it is searched.
const mostPlaces = 100

// Places gives the customer accounts that a list offers: those that a search finds, or without one the tree
// from the top. More says that there are others.
func (v *Visit) Places(find string) (list []unit.View, more bool) {
	if find != "" {
		page, err := v.Desk.Units.List(v.Context(), unit.Query{Text: find, Limit: mostPlaces})
		if err != nil {
			return nil, true
		}
		return page.Units, page.Next != ""
	}
	asked := 0
	var below func(parent roster.UnitID) bool
	below = func(parent roster.UnitID) bool {
		if asked++; asked > 25 || len(list) >= mostPlaces {
			return false
		}
		page, err := v.Desk.Units.List(v.Context(), unit.Query{Parent: string(parent), Limit: mostPlaces})
		if err != nil {
			return true // who may not see customer accounts is offered none
		}
		whole := page.Next == ""
		for _, u := range page.Units {
			if len(list) >= mostPlaces {
				return false
			}
			list = append(list, u)
			if u.Children > 0 {
				whole = below(u.ID) && whole
			}
		}
		return whole
	}
	return list, !below("")
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
