package roster

import (
	"strings"
	"time"
)

// MemberKind tells what a member is.
type MemberKind string

// The kinds of members.
const (
	Regular  MemberKind = "regular"
	External MemberKind = "external"
	API      MemberKind = "api"
)

// Status tells where a member stands.
type Status string

// The statuses of members.
const (
	Invited Status = "invited"
	Active  Status = "active"
	Blocked Status = "blocked"
	Removed Status = "removed"
	Ended   Status = "ended" // an active API user whose time is over: what is told, and never stored
)

// Member is a principal in one organisation. The names, address and phone are this organisation's
// own copy, so that one organisation's edits never show in another.
type Member struct {
	Org         OrgID
	ID          MemberID
	Kind        MemberKind
	Status      Status
	Before      Status   // the status that unblocking restores; set while blocked
	Person      PersonID // empty until accepted, and for API users
	Managed     bool     // the person is the organisation's own
	Unit        UnitID   // an external member's unit
	ExternalID  string
	FirstName   string
	LastName    string
	Name        string // what people see: an API user's name, or first and last name
	Email       Email
	Phone       string
	ClientID    string    // an API user's
	Ends        time.Time // when an API user's time is over; zero for never
	Picture     string    // the hash of a person's picture; empty without one
	BlockReason string
	VerifiedAt  time.Time // when the address was proved by a mailed secret; zero when not
	LastSeenAt  time.Time
	CreatedAt   time.Time
	CreatedBy   string // an actor's ID
	UpdatedAt   time.Time
	UpdatedBy   string
	RemovedAt   time.Time
	SignedOutAt time.Time // when an administrator last signed them out: no session's proof from before counts here
	ErasedAt    time.Time // when what was kept of a removed member was erased; zero when it was not
	Version     int64     // rises with each change; the ETag is made of it
}

// Ref points at the member.
func (m Member) Ref() Ref { return RefMember(m.ID, m.Label()) }

// Label gives what to call the member: the name, else the address, else the ID.
func (m Member) Label() string {
	switch {
	case m.Name != "":
		return m.Name
	case m.Email.Typed != "":
		return m.Email.Typed
	}
	return string(m.ID)
}

// Identifier gives what the list shows to tell members apart: the address, or the client ID.
func (m Member) Identifier() string {
	if m.Kind == API {
		return m.ClientID
	}
	return m.Email.Typed
}

// Pending tells whether nobody has accepted the membership yet.
func (m Member) Pending() bool {
	return m.Status == Invited || m.Status == Blocked && m.Before == Invited
}

// Profile is what can be edited of a member. A person's Name follows from first and last name.
type Profile struct{ FirstName, LastName, Name, Phone string }

// Clean gives the profile as it is kept for a member of a kind, or an Invalid error that lists
// every field at fault: persons have first and last names and perhaps a phone, API users a name.
func (p Profile) Clean(kind MemberKind, phoneRequired bool) (Profile, error) {
	return p.clean(kind, true, phoneRequired)
}

// CleanPart is Clean for a person who will give what is missing as they accept: names and phone may be empty.
func (p Profile) CleanPart(kind MemberKind, _ bool) (Profile, error) {
	return p.clean(kind, kind == API, false)
}

func (p Profile) clean(kind MemberKind, namesRequired, phoneRequired bool) (Profile, error) {
	var bad Problems
	var out Profile
	if kind == API {
		out.Name = p.name(&bad, "name", p.Name, true)
		if p.FirstName != "" || p.LastName != "" || p.Phone != "" {
			bad.Add("name", Errorf(Invalid, "field_unknown", "An API user has only a name."))
		}
		return out, bad.Err()
	}
	out.FirstName = p.name(&bad, "first_name", p.FirstName, namesRequired)
	out.LastName = p.name(&bad, "last_name", p.LastName, namesRequired)
	phone, err := ParsePhone(p.Phone)
	bad.Add("phone", err)
	if err == nil && phone == "" && phoneRequired {
		bad.Add("phone", Errorf(Invalid, "field_required", "Fill this in."))
	}
	out.Phone = phone
	out.Name = strings.TrimSpace(out.FirstName + " " + out.LastName)
	return out, bad.Err()
}

func (Profile) name(bad *Problems, field, value string, required bool) string {
	clean, err := CleanName(value)
	if err == nil && clean == "" && required {
		err = Errorf(Invalid, "field_required", "Fill this in.")
	}
	bad.Add(field, err)
	return clean
}

// Edit gives the member with another profile. Who has not accepted yet and was invited without names may stay
// without. Kind: Invalid for the profile, Conflict for a removed member.
func (m Member) Edit(p Profile, phoneRequired bool) (Member, error) {
	if m.Status == Removed {
		return m, m.Gone()
	}
	cleaning := p.Clean
	if m.Pending() && (m.FirstName == "" || m.LastName == "") {
		cleaning = p.CleanPart
	}
	clean, err := cleaning(m.Kind, phoneRequired)
	if m.Kind != API && p.Name != "" && p.Name != m.Name {
		var bad Problems
		bad.Join(err)
		bad.Add("name", Errorf(Invalid, "field_unknown", "A person's name is made of the first and the last name."))
		err = bad.Err()
	}
	if err != nil {
		return m, err
	}
	m.FirstName, m.LastName, m.Name, m.Phone = clean.FirstName, clean.LastName, clean.Name, clean.Phone
	return m, nil
}

// Block stops the member until Unblock. Kind: Conflict when already blocked or removed.
func (m Member) Block(reason string) (Member, error) {
	switch m.Status {
	case Removed:
		return m, m.Gone()
	case Blocked:
		return m, Errorf(Conflict, "already_blocked", "%s is blocked already.", m.Label())
	}
	m.Before, m.Status, m.BlockReason = m.Status, Blocked, reason
	return m, nil
}

// Unblock gives the member the status from before the block. Kind: Conflict when not blocked.
func (m Member) Unblock() (Member, error) {
	if m.Status == Removed {
		return m, m.Gone()
	}
	if m.Status != Blocked {
		return m, Errorf(Conflict, "not_blocked", "%s is not blocked.", m.Label())
	}
	m.Status, m.Before, m.BlockReason = m.Before, "", ""
	return m, nil
}

// Remove ends the membership for good. Kind: Conflict when removed already.
func (m Member) Remove(now time.Time) (Member, error) {
	if m.Status == Removed {
		return m, m.Gone()
	}
	m.Status, m.Before, m.RemovedAt = Removed, "", now
	return m, nil
}

// Accept makes a pending member a person's. Who was made with "start blocked" stays blocked and becomes active with
// Unblock. Verified only when the secret came by mail. Kind: Gone when the member cannot be accepted any more.
func (m Member) Accept(p PersonID, byMail bool, now time.Time) (Member, error) {
	switch {
	case m.Status == Invited:
		m.Status = Active
	case m.Status == Blocked && m.Before == Invited:
		m.Before = Active
	case m.Status == Removed:
		return m, Errorf(Gone, "invitation_withdrawn", "This invitation was withdrawn. Ask the person who invited you.")
	default:
		return m, Errorf(Gone, "invitation_used", "This invitation was used already. Sign in instead.")
	}
	m.Person = p
	if byMail {
		m.VerifiedAt = now
	}
	return m, nil
}

// Admit gives a member who is a person from the beginning, without an invitation to accept: active, or blocked where
// they were to start so.
func (m Member) Admit() Member {
	if m.Status == Blocked {
		m.Before = Active
	} else {
		m.Status = Active
	}
	return m
}

// Resendable is nil while a new invitation may be sent. Kind: Conflict.
func (m Member) Resendable() error {
	if m.Status == Invited || m.Status == Blocked && m.Before == Invited {
		return nil
	}
	return Errorf(Conflict, "not_invited", "%s has no open invitation, so there is nothing to send again.", m.Label())
}

// Gone refuses what cannot be done to a removed member. Kind: Conflict, code removed.
func (m Member) Gone() error {
	return Errorf(Conflict, "removed", "%s was removed. Invite the address again to make a new member.", m.Label())
}
