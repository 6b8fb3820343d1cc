package command

import (
	"context"
	"strings"

	"roster/internal/action/team"
	"roster/internal/action/unit"
	"roster/internal/roster"
)

// sit lets work be done by who acts: the operator, or the member that is named.
func (d Desk) sit(ctx context.Context, as string, work func(context.Context, Desk) error) error {
	if as == "" {
		return work(Operator(ctx, d.Org.ID), d)
	}
	actor, err := d.member(ctx, as)
	if err != nil {
		return err
	}
	return work(roster.WithActor(ctx, actor), d)
}

// member gives a member as the actor that the gate binds by rules 1 to 4. It refuses who is not active in
// words of its own: the gate's speak to somebody who came in by a session or a token.
func (d Desk) member(ctx context.Context, as string) (roster.Actor, error) {
	id, err := d.Find(ctx, as)
	if err != nil {
		return roster.Actor{}, err
	}
	m, err := d.Team.Show(Operator(ctx, d.Org.ID), id)
	if err != nil {
		return roster.Actor{}, err
	}
	if m.Status != roster.Active {
		return roster.Actor{}, roster.Errorf(roster.Denied, "not_active", "%s is %s in %s. Only an active member acts there.", m.Label(), m.Shown(), d.Org.Name)
	}
	kind := roster.ActorMember
	if m.Kind == roster.API {
		kind = roster.ActorAPIUser
	}
	return roster.Actor{Kind: kind, Organisation: d.Org.ID, Member: m.ID, Person: m.Person, Name: m.Label(), Door: roster.DoorCLI}, nil
}

// Find finds who is meant by an ID, an e-mail address or a client ID. Removed members are found by
// their ID alone: their address may be someone else's by now. It looks as the operator, whoever acts: what
// the actor does not see, the use case that follows refuses in its own words.
func (d Desk) Find(ctx context.Context, who string) (roster.MemberID, error) {
	if roster.IsMemberID(who) {
		return roster.MemberID(who), nil
	}
	needle, fits := who, func(m roster.Member) bool { return m.ClientID == who }
	if !strings.HasPrefix(who, "api_") {
		email, err := roster.ParseEmail(who)
		if err != nil {
			return "", Usage("%q is neither a member's ID (mem_…) nor an e-mail address.", who)
		}
		needle, fits = email.Folded, func(m roster.Member) bool { return m.Email.Folded == email.Folded }
	}
	ctx = Operator(ctx, d.Org.ID)
	q := team.Query{Text: needle[:min(len(needle), maxWord)], Limit: 200}
	for {
		page, err := d.Team.List(ctx, q)
		if err != nil {
			return "", err
		}
		for _, v := range page.Members {
			if fits(v.Member) {
				return v.ID, nil
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return "", roster.Errorf(roster.NotFound, "not_found", "There is no %s in %s. “roster user list” shows who there is.", who, d.Org.Name)
		}
	}
}

// maxWord is how many bytes of a word the search compares.
const maxWord = 64

// Unit finds the customer account that is meant by an ID, an external ID or a name that no other has; an
// empty text is the whole organisation. Like Find it looks as the operator. Kind: Invalid, code unit_unknown.
func (d Desk) Unit(ctx context.Context, what string) (roster.UnitID, error) {
	if what == "" || roster.IsUnitID(what) {
		return roster.UnitID(what), nil
	}
	ctx = Operator(ctx, d.Org.ID)
	q := unit.Query{Text: what, Archived: true, Limit: 200}
	var named []roster.UnitID
	for {
		page, err := d.Units.List(ctx, q)
		if err != nil {
			return "", err
		}
		for _, v := range page.Units {
			if v.ExternalID == what {
				return v.ID, nil
			}
			if roster.Fold(v.Name) == roster.Fold(what) {
				named = append(named, v.ID)
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return d.only(ctx, what, named)
		}
	}
}

// only gives the one customer account that a name means.
func (d Desk) only(ctx context.Context, name string, all []roster.UnitID) (roster.UnitID, error) {
	switch len(all) {
	case 0:
		return "", roster.Errorf(roster.Invalid, "unit_unknown", "There is no customer account %q here.", name)
	case 1:
		return all[0], nil
	}
	names := d.Names()
	var lines []string
	for _, id := range all[:min(len(all), 5)] {
		lines = append(lines, "  "+string(id)+"  "+names.Unit(ctx, id))
	}
	return "", Usage("%d customer accounts are called %q. Name one by its ID:\n%s", len(all), name, strings.Join(lines, "\n"))
}

// Again does what goes by something's version, and does it again while somebody else's change comes between
// the look and the act.
func Again(do func() error) error {
	const most = 5
	err := do()
	for n := 1; n < most && roster.Is(err, "changed_meanwhile"); n++ {
		err = do()
	}
	return err
}
