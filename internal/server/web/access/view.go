// Package access holds the pages about who may do what where: a member's access and why it is so, the
// editor of what they are given, their clone, the table of people by customer accounts, and the ways to
// Owner. The pages are made from their structs alone: they load and decide nothing.
package access

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"roster/internal/roster"
	"roster/internal/server/web"
)

// Subject is the member that a page is about.
type Subject struct {
	Member  roster.Member
	Allowed []string // what the viewer may do with them, by action name
}

// May tells whether the viewer may do an action with the member.
func (s Subject) May(action string) bool { return slices.Contains(s.Allowed, action) }

func (s Subject) page(p web.Page, parts ...string) string {
	return p.In(append([]string{"team", string(s.Member.ID)}, parts...)...)
}

// Source is the grant that something comes from: "Role Dispatcher", where it was given, until when.
type Source struct {
	What  string
	Where string
	Until time.Time
}

// Held is a permission that a member really has, with all it comes from.
type Held struct {
	Key, Name, Kind string
	Until           time.Time
	Sources         []Source
	Idle            bool   // given, but its scope is not held: it has no effect
	Needs           string // the scope it needs then
}

// Scope is an area with the permissions held in it.
type Scope struct {
	Name string
	Held []Held
}

// Place is where permissions are held: the organisation (no ID) or a unit.
type Place struct {
	ID     roster.UnitID
	Name   string
	Path   string
	Scopes []Scope
}

// Why is a question about one permission with its answer.
type Why struct {
	Permission, Unit string // as asked
	Asked            bool
	Allowed          bool
	Name, Where      string // the permission and the place in words
	Until            time.Time
	Because          []Source // allowed: the grant of the permission, and that of its scope
	Missing          []string // not allowed: what is missing, a sentence each
	Givers           []web.Link
}

// MemberView is a member's access.
type MemberView struct {
	web.Page
	Subject     Subject
	Places      []Place
	Why         Why
	Permissions []web.OptionGroup // to ask about
	Units       []web.Option      // likewise
	MayExplain  bool
	Now         time.Time
	Form        web.Form
}

// EditView is the two-list editor of what a member is given.
type EditView struct {
	web.Page
	Subject Subject
	Form    web.Form
	Lists   web.Lists
	Version string
}

// Left is a grant of the source that does not come along into a clone, and why.
type Left struct{ What, Where, Why string }

// Input is what the form of a clone holds, as typed.
type Input struct {
	FirstName, LastName, Name, Email, Phone string
	StartBlocked                            bool
}

// CloneView is the form that makes a member like another.
type CloneView struct {
	web.Page
	Subject       Subject
	Form          web.Form
	Typed         Input
	Along         []Source // what comes along
	Left          []Left
	PhoneRequired bool
	FormKey       string
	Way           web.WayIn // of a person
}

// Person is a row of the table of people by customer accounts.
type Person struct {
	Member, Name, Kind, Status string
	Picture                    string // its address; empty without one
	Cells                      []Cell // one for the organisation, then one for each column
}

// Cell is what someone has on one account: names of roles, or how many single permissions.
type Cell struct {
	Here  []string // given there
	Above bool     // access reaches it from above
}

// Matrix is what the table shows, as it stands in the address.
type Matrix struct {
	Q, In, Cursor, Column string
}

func (m Matrix) url(p web.Page) string {
	q := url.Values{}
	for key, value := range map[string]string{"q": m.Q, "in": m.In, "cursor": m.Cursor, "column": m.Column} {
		if value != "" {
			q.Set(key, value)
		}
	}
	if len(q) == 0 {
		return p.In("access")
	}
	return p.In("access") + "?" + q.Encode()
}

// Column is an account of the table.
type Column struct {
	ID, Name, Path string
}

// MatrixView is the table of people by customer accounts.
type MatrixView struct {
	web.Page
	Filter     Matrix
	People     []Person
	Columns    []Column
	NextPeople string // cursors of more; empty at the end
	NextColumn string
	Total      int
	More       bool
	MayUnits   bool
}

func (v MatrixView) total() string {
	if v.More {
		return v.Say("access.people.more", "n", v.Number(v.Total))
	}
	return v.Counted("access.people", v.Total)
}

func (v MatrixView) people() web.Pager {
	g := web.Pager{Shown: v.total()}
	if f := v.Filter; f.Cursor != "" {
		f.Cursor = ""
		g.FirstURL = f.url(v.Page)
	}
	if f := v.Filter; v.NextPeople != "" {
		f.Cursor = v.NextPeople
		g.NextURL = f.url(v.Page)
	}
	return g
}

func (v MatrixView) accounts() web.Pager {
	g := web.Pager{}
	if f := v.Filter; f.Column != "" {
		f.Column = ""
		g.FirstURL = f.url(v.Page)
	}
	if f := v.Filter; v.NextColumn != "" {
		f.Column = v.NextColumn
		g.NextURL = f.url(v.Page)
	}
	if g.FirstURL != "" || g.NextURL != "" {
		g.Shown = v.Say("access.columns", "n", strconv.Itoa(len(v.Columns)))
	}
	return g
}

// Way is one thing that makes or could make an Owner.
type Way struct {
	Name  string
	URL   string // its page; empty without one
	Kind  string // of an avatar: "regular", "api", or an icon's name for what is no member
	Icon  string
	Text  string // how, in a sentence
	Facts []string
	Steps int // 0: is one already
}

// Ways is a kind of ways with its name.
type Ways struct {
	Key, Title, Text, None string
	List                   []Way
}

// OwnersView is the page of the ways to Owner.
type OwnersView struct {
	web.Page
	Tabs   []web.Tab
	Owners int
	Others int // ways that would make another
	Groups []Ways
}
