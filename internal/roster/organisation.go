package roster

import (
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Organisation is a customer: the boundary of consistency, with a plan, settings, members and a history of its own.
type Organisation struct {
	ID               OrgID
	Slug, Name, Plan string
	InvitationTTL    time.Duration // how long an invitation lasts, from the first hand-over of its letter
	PhoneRequired    bool          // whether a regular member needs a phone number
	Domains          []string      // of the addresses that regular members may be invited by, as A-labels; empty for any
	// AdminPasswords tells whether administrators may set somebody's password instead of sending a link.
	AdminPasswords bool
	AllowedFrom    []string      // address blocks from which people and programs are let in; empty for any
	Portal         string        // whom the host product's links bring in, as package policy has it
	EraseAfter     int           // how many days after their removal what is kept of members is erased by itself; 0 for never
	SecondSecrets  bool          // whether API users may have a second secret beside the first
	PasswordOff    bool          // whether e-mail and password are no way in here
	Picture        string        // the hash of its picture; empty without one
	FactorSince    time.Time     // when it began to ask for a second factor; zero where it does not
	FactorGrace    time.Duration // how long from then on people without one are let in
	Seq            int64         // the history's last position
	People         int           // seats in use: invited, active and blocked people
	APIUsers       int           // API users in use
	AcceptedAt     time.Time     // when its first Owner accepted; zero before
	CreatedAt      time.Time
	Version        int64     // rises with each edit of the settings
	OperatorsUntil time.Time // until when operators inside may change something; zero for not at all
	SuspendedAt    time.Time // since when nobody comes in; zero where it is not suspended
	DeleteAt       time.Time // when it is deleted with everything in it, closed until then; zero where nobody asked for that
	Brand          Brand
}

// Brand is how an organisation looks to its people, beside its name and picture. What is empty is the installation's.
type Brand struct {
	Accent  string // its colour, as six hexadecimal digits
	Sender  string // who writes its letters, as the reader sees it before the installation's own name
	ReplyTo string // whom answers to its letters reach
	Product string // what the product is called on its pages and in its letters
	Footer  string // links below its pages, as package footer writes them
}

// House is how the installation looks, where an organisation has nothing of its own.
type House struct {
	Brand
	Picture string // the hash of its logo; empty without one
	Version int64
}

// Ref points at it.
func (House) Ref() Ref {
	return Ref{Kind: "installation", ID: string(Installation), Name: "Installation"}
}

// Colour writes the accent colour as people do; empty without one.
func (b Brand) Colour() string {
	if b.Accent == "" {
		return ""
	}
	return "#" + b.Accent
}

// Ref points at the organisation.
func (o Organisation) Ref() Ref { return RefOrganisation(o.ID, o.Name) }

// DefaultInvitationTTL is how long an invitation lasts where nothing else is set (requirement R14).
const DefaultInvitationTTL = 7 * 24 * time.Hour

// InvitationTTL limits, for organisations and single invitations.
const (
	MinInvitationTTL = time.Hour
	MaxInvitationTTL = 90 * 24 * time.Hour
)

// CheckInvitationTTL refuses lifetimes outside the limits. Kind: Invalid.
func CheckInvitationTTL(d time.Duration) error {
	if d < MinInvitationTTL || d > MaxInvitationTTL {
		return Errorf(Invalid, "invitation_ttl_invalid", "An invitation lasts between one hour and 90 days.")
	}
	return nil
}

// Slug makes the address form of a name: lower case ASCII letters, digits and single hyphens,
// at most 40 characters; empty when nothing is left.
func Slug(name string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(name)) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r): // an accent, cut from its letter
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 40 {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}

// DeletionWait is how long the deletion of an organisation can be taken back.
const DeletionWait = 30 * 24 * time.Hour

// Open is nil while people and programs may come in to the organisation. Kind: Denied, codes organisation_closed where it
// is to be deleted, organisation_suspended.
func (o Organisation) Open() error {
	switch {
	case !o.DeleteAt.IsZero():
		return Errorf(Denied, "organisation_closed", "%s is closed and will be deleted. Nobody comes in unless the operator of this installation takes that back.", o.Name)
	case o.SuspendedAt.IsZero():
		return nil
	}
	return Errorf(Denied, "organisation_suspended", "%s is suspended. Nobody comes in until the operator of this installation resumes it.", o.Name)
}
