package roster

import "time"

// InvitationState tells where an invitation stands. Expiry is decided when it is asked, from ExpiresAt.
type InvitationState string

// The states of invitations.
const (
	InvitationLive       InvitationState = "live"
	InvitationAccepted   InvitationState = "accepted"
	InvitationSuperseded InvitationState = "superseded"
	InvitationWithdrawn  InvitationState = "withdrawn"
)

// Invitation is one generation of a member's way in. Resend, copying a link and withdrawing start
// a new generation or end the present one, and every link of an ended one says why it is dead.
type Invitation struct {
	Member     MemberID
	Generation int
	State      InvitationState
	Inviter    string // the actor's ID
	InviterBy  string // the inviter's name, as the letter and the landing page show it
	Message    string // the inviter's own words, inert text
	TTL        time.Duration
	MadeAt     time.Time
	SentAt     time.Time // the first hand-over: the clock starts here; zero before
	ExpiresAt  time.Time // zero before the first hand-over
	EndedAt    time.Time // when it stopped being live
	OpenedAt   time.Time // when its page was last opened, by a person or a scanner of mails; zero for never
	Coming     Coming    // of a new invitation: how its member will come in; kept beside it
}

// Expired tells whether the invitation's time is over. Before the first hand-over it never is.
func (i Invitation) Expired(now time.Time) bool {
	return !i.ExpiresAt.IsZero() && !now.Before(i.ExpiresAt)
}

// Shown gives the state as people see it: "live" becomes "expired" once its time is over.
func (i Invitation) Shown(now time.Time) string {
	if i.State == InvitationLive && i.Expired(now) {
		return "expired"
	}
	return string(i.State)
}

// Usable is nil while the invitation can be accepted; otherwise it says why not. Kind: Gone.
func (i Invitation) Usable(now time.Time) error {
	switch {
	case i.State == InvitationAccepted:
		return Errorf(Gone, "invitation_used", "This invitation was used already. Sign in instead.")
	case i.State == InvitationSuperseded:
		return Errorf(Gone, "invitation_superseded", "A newer invitation was made for you. Use the link in the latest letter.")
	case i.State == InvitationWithdrawn:
		return Errorf(Gone, "invitation_withdrawn", "This invitation was withdrawn. Ask the person who invited you.")
	case i.Expired(now):
		return Errorf(Gone, "invitation_expired", "This invitation has expired. Ask the person who invited you for a new one.")
	}
	return nil
}

// Started gives the invitation with its clock running from the first hand-over; later ones change nothing.
func (i Invitation) Started(now time.Time) Invitation {
	if i.SentAt.IsZero() {
		i.SentAt, i.ExpiresAt = now, now.Add(i.TTL)
	}
	return i
}

// Ended gives the invitation in a state that is not live, from now on.
func (i Invitation) Ended(state InvitationState, now time.Time) Invitation {
	i.State, i.EndedAt = state, now
	return i
}

// MaxLinks is how many secrets one generation may have: attempts of one sending each add one, and
// all work until one is used (design page 3).
const MaxLinks = 5
