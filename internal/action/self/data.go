package self

import (
	"context"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/bulletin"
	"roster/internal/login"
	"roster/internal/raster"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/credentialdb"
	"roster/internal/store/eventdb"
	"roster/internal/store/factordb"
	"roster/internal/store/invitationdb"
	"roster/internal/store/jobdb/newsdb"
	"roster/internal/store/mailboxdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/methoddb"
	"roster/internal/store/persondb"
	"roster/internal/store/picturedb"
	"roster/internal/store/roledb"
	"roster/internal/store/sessiondb"
	"roster/internal/store/viewdb"
)

// Data is all that is kept of a person, without any secret, and but for their lines of the history.
type Data struct {
	Person   roster.Person
	Password bool
	Factors  []roster.Factor
	Codes    int // recovery codes that are left
	Sessions []roster.Session
	Changes  []mailboxdb.Change // of their address, as long as they can be finished or undone
	Devices  []time.Time        // on which they signed in, and when last
	Places   []Place
}

// Place is what an organisation keeps of its member. To themselves it is told as far as it is theirs to know: not why they
// were blocked, nor their external ID, nor invitations that nobody handed over.
type Place struct {
	memberdb.Membership
	House    bool // it is told to the organisation itself
	Member   roster.Member
	Picture  raster.Picture
	Sent     []roster.Invitation // their invitations, the newest first
	Grants   []roster.Grant
	Views    []viewdb.Row
	Identity login.Identity                         // by which connection they come in; zero without one
	Ways     map[bulletin.Notification]bulletin.Way // how they want to be told of what happens, where that is not the usual way
	Told     []newsdb.Item                          // what happened, of which they are told, the oldest first; of whom is not theirs to take along
}

// lines is how many lines of the history are read at once.
const lines = 200

// Data gives all that is kept of the actor: what there is of them to whole, and then each line of the histories to line in
// which they acted or were acted on, as far as it is theirs to know (FileLine). That it was given is a line, too. Kinds:
// Denied (confirmation_required, own_proof_needed).
func (r *Room) Data(ctx context.Context, whole func(Data) error, line func(FileLine) error) error {
	actor := roster.ActorFrom(ctx)
	_, err := action.Do(ctx, r.gate, act.OwnData, roster.RefPerson(actor.Person), func(ctx context.Context, tx *store.Tx) (struct{}, error) {
		p, err := own(ctx, tx)
		if err == nil {
			tx.Tell(roster.Change{Of: roster.RefPerson(p.ID), Field: "data", To: "(all)"})
		}
		return struct{}{}, err
	})
	if err != nil {
		return err
	}
	_, err = action.Look(ctx, r.gate, act.OwnData, func(ctx context.Context, rd store.Reader) (struct{}, error) {
		d, err := collect(ctx, rd, actor.Person)
		if err == nil {
			err = whole(d)
		}
		if err == nil {
			err = told(ctx, rd, roster.Installation, string(actor.Person), d.reader(), line)
		}
		for i := 0; i < len(d.Places) && err == nil; i++ {
			p := d.Places[i]
			err = told(ctx, rd, p.Org, string(p.Member.ID), d.reader(), line)
		}
		return struct{}{}, err
	})
	return err
}

// collect finds all but the history's lines.
func collect(ctx context.Context, rd store.Reader, id roster.PersonID) (Data, error) {
	p, err := persondb.ByID(ctx, rd, id)
	if err != nil {
		return Data{}, err
	}
	d := Data{Person: p.Value}
	password, err := credentialdb.Password(ctx, rd, id)
	if err != nil {
		return d, err
	}
	d.Password = password.OK
	if d.Factors, err = factordb.Of(ctx, rd, id); err != nil {
		return d, err
	}
	if d.Codes, err = factordb.Codes(ctx, rd, id); err != nil {
		return d, err
	}
	now, err := rd.Now(ctx)
	if err != nil {
		return d, err
	}
	if d.Sessions, err = sessiondb.Of(ctx, rd, id, now, now.Sub(p.Value.CreatedAt)); err != nil { // however long they were quiet
		return d, err
	}
	if d.Changes, err = mailboxdb.Of(ctx, rd, id); err != nil {
		return d, err
	}
	if d.Devices, err = credentialdb.DevicesOf(ctx, rd, id); err != nil {
		return d, err
	}
	places, err := memberdb.OfPerson(ctx, rd, id)
	for i := 0; i < len(places) && err == nil; i++ {
		var of Place
		of, err = place(ctx, rd, places[i])
		d.Places = append(d.Places, of)
	}
	return d, err
}

// place finds what an organisation keeps of its member.
func place(ctx context.Context, rd store.Reader, at memberdb.Membership) (Place, error) {
	of := Place{Membership: at}
	m, err := memberdb.ByID(ctx, rd, at.Org, at.Member)
	if err != nil {
		return of, err
	}
	of.Member = m.Value
	grants, err := roledb.GrantsOf(ctx, rd, at.Org, []roster.MemberID{at.Member})
	if err != nil {
		return of, err
	}
	of.Grants = grants[at.Member]
	if of.Views, err = viewdb.Of(ctx, rd, at.Org, at.Member); err != nil {
		return of, err
	}
	if of.Ways, err = newsdb.Chosen(ctx, rd, at.Org, at.Member); err != nil {
		return of, err
	}
	if of.Told, err = newsdb.Kept(ctx, rd, at.Org, at.Member); err != nil {
		return of, err
	}
	if of.Sent, err = invitationdb.Of(ctx, rd, at.Org, at.Member); err != nil {
		return of, err
	}
	picture, err := picturedb.Of(ctx, rd, at.Org, at.Member)
	if err != nil {
		return of, err
	}
	of.Picture = picture.Value
	identity, err := methoddb.Of(ctx, rd, at.Org, at.Member)
	of.Identity = identity.Value
	return of, err
}

// told gives a reader the lines of a history in which somebody acted or was acted on, the oldest first.
func told(ctx context.Context, rd store.Reader, o roster.OrgID, id string, to reader, line func(FileLine) error) error {
	for after := int64(0); ; {
		page, err := eventdb.About(ctx, rd, o, id, after, lines)
		if err != nil {
			return err
		}
		for _, e := range page {
			if l, theirs := to.line(o, e); theirs {
				if err := line(l); err != nil {
					return err
				}
			}
			after = e.Seq
		}
		if len(page) < lines {
			return nil
		}
	}
}
