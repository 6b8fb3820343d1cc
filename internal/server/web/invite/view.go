// Package invite holds the page that invites several people at once. The page is made from its structs alone: it
// loads and decides nothing, and what a text names is read by the roster.
package invite

import (
	"strconv"

	"roster/internal/roster"
	"roster/internal/server/web"
)

// Input is what the form holds, as typed.
type Input struct {
	Addresses string
	Kind      string // "regular" or "external"
	Unit      string // where the role is held, or whose external users they will be
	Find      string // the search for a customer account
	Role      string // a key
	Until     string // the role's last day; empty for endless
	Message   string
	Method    string // the login method: a connection's ID, or empty for e-mail and password
}

// Outcome is what became of one address.
type Outcome struct {
	Typed  string // as it stood in the text
	Code   string // why it was refused; empty when it was invited
	Reason string // likewise, in words
	Member string // the new member's ID, or of who has the address already where the viewer sees them
	Label  string // the new member
}

// invited tells whether a letter goes out.
func (o Outcome) invited() bool { return o.Code == "" }

// Stays tells whether the address stays in the form, to be corrected or sent later.
func (o Outcome) Stays() bool {
	switch o.Code {
	case "", "already_member", "already_invited", "doubled":
		return false
	}
	return true
}

// View is the page: the outcomes of what was sent, if something was, and the form.
type View struct {
	web.Page
	Form       web.Form
	Typed      Input
	Roles      []web.Option
	Places     []web.Option
	MorePlaces bool
	FormKey    string
	Methods    []web.Option // login methods to choose from; none where there is no choice
	Plan       roster.Plan
	People     int
	Domains    []string
	Outcomes   []Outcome
}

// left says how many more people fit.
func (v View) left() string {
	switch n := v.Plan.SeatsLeft(v.People); n {
	case roster.Unlimited:
		return v.Say("invite.left.unlimited")
	case 0:
		return v.Say("team.left.regular.none", "plan", v.Plan.Name)
	default:
		return v.Counted("team.left.regular", n, "plan", v.Plan.Name)
	}
}

// seats gives the number of seats left as scripts read it; empty without a limit.
func (v View) seats() string {
	if n := v.Plan.SeatsLeft(v.People); n != roster.Unlimited {
		return strconv.Itoa(n)
	}
	return ""
}

func (v View) done() int {
	n := 0
	for _, o := range v.Outcomes {
		if o.invited() {
			n++
		}
	}
	return n
}

// staying counts the addresses that stay in the form.
func (v View) staying() int {
	n := 0
	for _, o := range v.Outcomes {
		if o.Stays() {
			n++
		}
	}
	return n
}

func (v View) kinds() []web.Option {
	option := func(kind, icon string) web.Option {
		return web.Option{Value: kind, Icon: icon, Label: v.Say("team.kind." + kind), Text: v.Say("invite.kind." + kind), Checked: v.Typed.Kind == kind}
	}
	return []web.Option{option("regular", "person"), option("external", "building")}
}

func (v View) places() []web.Option {
	return append([]web.Option{{Value: "", Label: v.Say("layout.everywhere"), Checked: v.Typed.Unit == ""}}, v.Places...)
}

func (v View) placeHelp() string {
	if v.MorePlaces {
		return v.Say("invite.place.more")
	}
	return v.Say("invite.place.help")
}
