// Package unit holds the pages of the customer accounts: the tree, an account's own page, the forms that
// make, rename and move one, and the questions before one is archived. The pages are made from their
// structs alone: they load and decide nothing.
package unit

import (
	"net/url"
	"slices"
	"time"

	"roster/internal/roster"
	"roster/internal/server/web"
)

// Node is a unit as the tree, the search and its own page show it.
type Node struct {
	Unit     roster.Unit
	Path     []string // the names of the units above, the topmost first; for what a search found
	Children int      // how many stand right below
	People   int      // how many have access given there, or belong there
	Open     bool     // Below is shown
	Below    []Node
	Allowed  []string // what the viewer may do with this one, by action name
}

// May tells whether the viewer may do an action with the unit.
func (n Node) May(action string) bool { return slices.Contains(n.Allowed, action) }

func (n Node) page(p web.Page, parts ...string) string {
	return p.In(append([]string{"units", string(n.Unit.ID)}, parts...)...)
}

func (n Node) icon() string {
	if n.Unit.Kind == roster.Group {
		return "folder"
	}
	return "building"
}

// Filter is what the tree shows, as it stands in the address.
type Filter struct {
	Q        string
	Archived bool     // archived ones are shown, too
	Open     []string // units whose branches are open
	Cursor   string
}

func (f Filter) url(p web.Page) string {
	q := url.Values{}
	if f.Q != "" {
		q.Set("q", f.Q)
	}
	if f.Archived {
		q.Set("archived", "true")
	}
	for _, id := range f.Open {
		q.Add("open", id)
	}
	if f.Cursor != "" {
		q.Set("cursor", f.Cursor)
	}
	if len(q) == 0 {
		return p.In("units")
	}
	return p.In("units") + "?" + q.Encode()
}

// toggled gives the filter with a branch opened or closed.
func (f Filter) toggled(id roster.UnitID) Filter {
	if i := slices.Index(f.Open, string(id)); i >= 0 {
		f.Open = slices.Delete(slices.Clone(f.Open), i, i+1)
	} else {
		f.Open = append(slices.Clone(f.Open), string(id))
	}
	return f
}

// ListView is the tree, or what a search found in it.
type ListView struct {
	web.Page
	Nodes      []Node
	Filter     Filter
	NextCursor string
	Total      int  // how many match, or stand at the top
	More       bool // Total is a lower bound
}

func (v ListView) total() string {
	if v.More {
		return v.Say("unit.total.more", "n", v.Number(v.Total))
	}
	return v.Counted("unit.total", v.Total)
}

func (v ListView) pager() web.Pager {
	g := web.Pager{Shown: v.total()}
	if f := v.Filter; f.Cursor != "" {
		f.Cursor = ""
		g.FirstURL = f.url(v.Page)
	}
	if f := v.Filter; v.NextCursor != "" {
		f.Cursor = v.NextCursor
		g.NextURL = f.url(v.Page)
	}
	return g
}

// UnitView is a unit's own page.
type UnitView struct {
	web.Page
	Node      Node
	Path      []web.Link // the units above, the topmost first
	Below     []Node
	BelowNext string       // the address of more; empty when these are all
	People    []web.Holder // who belongs here or holds something here or below
	PeopleAll int
	Above     int  // how many hold something above
	MayPeople bool // the viewer may see people at all
	PeopleURL string
	Now       time.Time
}

// Input is what the form of a unit holds, as typed.
type Input struct {
	Kind, Name, ExternalID, Parent string
}

// FormView is the form that makes a unit, or renames one where Node has any.
type FormView struct {
	web.Page
	Form    web.Form
	Typed   Input
	Node    Node
	Path    []string // where the new one will stand, the topmost first; empty for the top
	Kinds   []roster.UnitKind
	Version string
	Now     []web.Stands // after a stale form was refused: what stands there now and was typed otherwise
}

// MoveView is the form that moves a unit below another.
type MoveView struct {
	web.Page
	Form    web.Form
	Node    Node
	Find    string
	Places  []web.Option // where it could stand
	More    bool         // there are more places than are shown
	Version string
}

// Question is the page that asks before a unit is archived or restored.
type Question struct {
	web.Page
	Form   web.Form
	Node   Node
	People int
}
