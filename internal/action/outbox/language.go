package outbox

import (
	"context"

	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/memberdb"
	"roster/internal/store/persondb"
)

// speak finds the languages of a letter: that of the person who gets it, where they chose one, then that of the member
// who invites. Whoever gets a letter in their language learns nothing that they did not choose, and nobody else sees it.
func (l *Letter) speak(ctx context.Context, r store.Reader) error {
	to, err := addressee(ctx, r, l.Member)
	if err != nil {
		return err
	}
	l.Languages = append(l.Languages, to.Language)
	by, err := memberdb.ByID(ctx, r, l.Organisation.ID, roster.MemberID(l.Invitation.Inviter))
	if err != nil || by.Value.Person == "" {
		return err
	}
	from, err := persondb.ByID(ctx, r, by.Value.Person)
	l.Languages = append(l.Languages, from.Value.Language)
	return err
}

// addressee gives the person behind a member: the one who accepted, or who has the address and would accept.
func addressee(ctx context.Context, r store.Reader, m roster.Member) (roster.Person, error) {
	if m.Person != "" {
		p, err := persondb.ByID(ctx, r, m.Person)
		return p.Value, err
	}
	p, err := persondb.ByAddress(ctx, r, m.Org, m.Email.Folded)
	if err == nil && !p.OK {
		p, err = persondb.ByAddress(ctx, r, "", m.Email.Folded)
	}
	return p.Value, err
}
