// Package team holds the pages of the Team screen: the list, the form that adds a user, a member's
// page, and the questions before block, remove and the like. The pages are made from their
// structs alone: they load and decide nothing.
package team

import (
	"slices"
	"time"

	"roster/internal/action/team/profile"
	"roster/internal/roster"
	"roster/internal/server/web"
)

// Row is a member as the list and the questions show them.
type Row struct {
	Member    roster.Member
	Roles     []string // names of the roles held
	Units     []string // names of the customer accounts where they belong or hold something, where that is shown
	Expired   bool     // the open invitation's time is over
	Ended     bool     // an API user's time is over
	MFA       bool
	CreatedBy string   // a name, not an ID
	UpdatedBy string   // likewise
	Allowed   []string // what the viewer may do with this one, by action name
	Self      bool     // it is the viewer
}

// May tells whether the viewer may do an action with the row's member.
func (r Row) May(action string) bool { return slices.Contains(r.Allowed, action) }

func (r Row) page(v web.Page, parts ...string) string {
	return v.Member(r.Member.ID, parts...)
}

// state gives the status as people see it, as a key of words and a tone of web.Dot.
func (r Row) state() (key, tone string) {
	switch r.Member.Status {
	case roster.Active:
		if r.Ended {
			return "ended", "late"
		}
		return "active", "good"
	case roster.Blocked:
		return "blocked", "stop"
	case roster.Removed:
		return "removed", "off"
	}
	if r.Expired {
		return "expired", "late"
	}
	return "invited", "wait"
}

// Seats is the plan and how much of it is in use.
type Seats struct {
	Plan             roster.Plan
	People, APIUsers int
}

// Role is a role as it is offered.
type Role struct {
	Key         string
	Name        string
	Description string
	For         roster.MemberKind // whose alone it may be; empty for members of any kind
	Reason      string            // why the viewer cannot give it; empty when they can
}

func (r Role) fits(kind roster.MemberKind) bool { return r.For == "" || r.For == kind }

// Input is what the forms of a member hold, as typed.
type Input struct {
	Kind                                    string // "regular", "external" or "api"
	Unit                                    string // an external user's customer account, by its ID
	Find                                    string // what customer accounts are searched for
	Password                                bool   // a password is set instead of a link sent
	FirstName, LastName, Name, Email, Phone string
	Role                                    string // a key
	StartBlocked                            bool
	End                                     string // an API user's last day
	ExternalID                              string
	InvitationTTL                           string // a Go duration, such as "168h"
	Message                                 string
}

// AddView is the form that adds a user. FormKey makes a repeated POST known.
type AddView struct {
	web.Page
	Form          web.Form
	Typed         Input
	Roles         []Role
	Seats         Seats
	PhoneRequired bool
	TTL           time.Duration // the organisation's own lifetime of invitations
	FormKey       string
	Way           web.WayIn
	Places        []web.Option // customer accounts for an external user
	MorePlaces    bool         // there are others
	Existing      web.Link     // the member who has the address already; zero when there is none
}

// EditView is the form that changes a member's profile, and the role where Roles has any. What is more than one choice of
// a role is Held, and is shown.
type EditView struct {
	web.Page
	Row           Row
	Form          web.Form
	Typed         Input
	Roles         []Role
	Held          []Grant
	Moment        time.Time // which decides what of that has ended
	Way           string    // how they come in
	PhoneRequired bool
	Version       string       // comes back as it is, so that a stale form is refused
	Now           []web.Stands // after a stale form was refused: what stands there now and was typed otherwise
}

// Grant is one thing a member holds, with its source.
type Grant struct {
	Name        string
	Description string
	Where       string
	Until       time.Time // zero for endless
	GivenBy     string
	GivenAt     time.Time
	Pending     bool // counts from the acceptance on
}

// Letter is one sending of an invitation. Fates are the states of jobs: "waiting", "running", "done",
// "refused", "given_up", "cancelled". Detail tells why the last attempt failed.
type Letter struct {
	At     time.Time
	Fate   string
	Detail string
}

// Invitation is one generation of a member's way in, with its letters.
type Invitation struct {
	roster.Invitation
	Letters []Letter
}

// Credential is an API user's secret as it may be shown: never itself.
type Credential struct {
	Hint    string // prefix and last four
	MadeAt  time.Time
	UsedAt  time.Time // zero when never
	UsedIP  string    // the address from which it was
	Retired time.Time // zero while it works
}

// MemberView is a member's own page. Now decides what is shown as expired.
type MemberView struct {
	web.Page
	Row         Row
	Grants      []Grant
	Invitations []Invitation // the newest first
	Sessions    []roster.Session
	Credentials []Credential // an API user's
	Managed     bool         // the person is this organisation's
	Password    bool         // a managed person has one
	ChooseBy    time.Time    // until when they must choose their own password; zero where they have
	Connection  profile.Connection
	Tab         string // "overview" or "sign-in"
	Unit        string // an external member's customer account, by name
	Now         time.Time
}

// resets tells whether the person can be sent a link for a new password.
func (v MemberView) resets() bool { return v.Row.May("member.password_reset") }

// listName names where the page leads back to.
func (v MemberView) listName() string {
	if v.From != "" {
		return v.Say("team.back")
	}
	return v.Say("layout.nav.team")
}

// Question is the page that asks before something is done to a member.
type Question struct {
	web.Page
	Row    Row
	Form   web.Form
	Reason string // of a block, as typed
	Typed  string // the name, as typed
	Link   bool   // the link's question: copying cancels a letter that has not left yet
}

// LinkView shows an invitation's link, this once.
type LinkView struct {
	web.Page
	Row       Row
	URL       string // empty when the page was asked again
	ExpiresAt time.Time
}
