package self

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/spool"
	"roster/internal/store"
	"roster/internal/store/memberdb"
	"roster/internal/store/orgdb"
	"roster/internal/store/sessiondb"
)

// Taken is the file of all that an organisation keeps of a member. It is nowhere else any more: Close ends it.
type Taken struct {
	*spool.File
	Name string // what to call it
}

// OfMember gives all that the actor's organisation keeps of a member, with what it does not tell them itself (Place), and
// nothing of what their person has elsewhere (design page 1, rule 7). That it was given is a line of the history first. Kinds: NotFound,
// Denied (confirmation_required).
func (r *Room) OfMember(ctx context.Context, id roster.MemberID) (*Taken, error) {
	_, err := action.Do(ctx, r.gate, act.MemberData, roster.RefMember(id, ""), func(_ context.Context, tx *store.Tx) (struct{}, error) {
		tx.Tell(roster.Change{Of: roster.RefMember(id, ""), Field: "data", To: "(all)"})
		return struct{}{}, nil
	})
	if err != nil {
		return nil, err
	}
	f, err := spool.New()
	if err != nil {
		return nil, err
	}
	_, err = action.LookAt(ctx, r.gate, act.MemberData, roster.RefMember(id, ""), func(ctx context.Context, rd store.Reader) (struct{}, error) {
		return struct{}{}, write(ctx, rd, id, f)
	})
	if err == nil {
		err = f.Rewind()
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &Taken{f, "roster-" + string(id) + ".json"}, nil
}

// write writes the file.
func write(ctx context.Context, rd store.Reader, id roster.MemberID, to io.Writer) error {
	d, err := here(ctx, rd, id)
	if err != nil {
		return err
	}
	head, err := json.Marshal(d.File())
	if err != nil {
		return err
	}
	w := bufio.NewWriter(to)
	out, comma := json.NewEncoder(w), ""
	if _, err := w.WriteString(string(head[:len(head)-1]) + `,"history":[` + "\n"); err != nil {
		return err
	}
	err = told(ctx, rd, roster.ActorFrom(ctx).Organisation, string(id), reader{ids: []string{string(id)}, house: true}, func(l FileLine) error {
		if _, err := w.WriteString(comma); err != nil {
			return err
		}
		comma = ","
		return out.Encode(l)
	})
	if err == nil {
		_, err = w.WriteString("]}\n")
	}
	return errors.Join(err, w.Flush())
}

// here collects what the actor's organisation keeps of a member: of their person what it knows by itself.
func here(ctx context.Context, rd store.Reader, id roster.MemberID) (Data, error) {
	org := roster.ActorFrom(ctx).Organisation
	o, err := orgdb.ByName(ctx, rd, string(org))
	if err != nil {
		return Data{}, err
	}
	found, err := memberdb.ByID(ctx, rd, org, id)
	if err != nil {
		return Data{}, err
	}
	m, err := found.Or("member")
	if err != nil {
		return Data{}, err
	}
	of, err := place(ctx, rd, memberdb.Membership{Org: org, Slug: o.Value.Slug, Name: o.Value.Name, Picture: o.Value.Picture, Member: id, Status: m.Status})
	if err != nil {
		return Data{}, err
	}
	of.House = true
	d := Data{Person: roster.Person{ID: m.Person, Email: m.Email, CreatedAt: m.CreatedAt}, Places: []Place{of}}
	if m.Person == "" || m.Status != roster.Active { // of sessions an organisation is shown those of active members (decision 023)
		return d, nil
	}
	now, err := rd.Now(ctx)
	if err != nil {
		return d, err
	}
	d.Sessions, err = sessiondb.In(ctx, rd, org, m.Person, now, now.Sub(m.CreatedAt))
	return d, err
}
