package user

import (
	"context"
	"strings"

	"roster/internal/action/team"
	"roster/internal/command"
	"roster/internal/roster"
	"roster/internal/store/memberdb"
)

// selection is which members are meant, and in which order.
type selection struct {
	Search   []string `arg:"" optional:"" help:"Words that begin names, addresses, phones or client IDs."`
	Status   []string `help:"Only this status: invited, active, blocked or removed. Repeatable." placeholder:"STATUS"`
	Kind     []string `help:"Only this kind: regular, external or api. Repeatable." placeholder:"KIND"`
	Role     string   `help:"Only who holds this role, by key or ID." placeholder:"ROLE"`
	NotRole  string   `help:"Only who does not hold this role." placeholder:"ROLE"`
	Where    string   `name:"at" help:"Only who belongs to this customer account or holds something there or below: ID, external ID or name." placeholder:"UNIT"`
	NotAt    string   `help:"Only who does not belong to this customer account and holds nothing there or below." placeholder:"UNIT"`
	Verified string   `help:"Only people whose address was proved (true), or was not (false)." placeholder:"BOOL"`
	MFA      string   `name:"mfa" help:"Only people with a second factor (true), or without (false)." placeholder:"BOOL"`
	Sort     string   `help:"The order: name, identifier, kind, phone, status, verified, last_seen_at, created_at or updated_at; with a hyphen, from the last to the first (--sort=-name)." default:"name" placeholder:"ORDER"`
}

// query gives the selection as the room takes it.
func (s selection) query(ctx context.Context, d command.Desk) (team.Query, error) {
	q := team.Query{Text: strings.Join(s.Search, " "), Role: s.Role, NotRole: s.NotRole, Sort: memberdb.Sort(s.Sort)}
	for _, u := range []struct {
		name string
		to   *roster.UnitID
	}{{s.Where, &q.Unit}, {s.NotAt, &q.NotUnit}} {
		id, err := d.Unit(ctx, u.name)
		if err != nil {
			return q, err
		}
		*u.to = id
	}
	for _, b := range []struct {
		name, text string
		to         **bool
	}{{"--verified", s.Verified, &q.Verified}, {"--mfa", s.MFA, &q.MFA}} {
		yes, err := roster.ParseYes(b.text)
		if err != nil {
			return q, command.Usage("%s is true or false.", b.name)
		}
		*b.to = yes
	}
	for _, status := range s.Status {
		q.Status = append(q.Status, roster.Status(status))
	}
	for _, kind := range s.Kind {
		q.Kinds = append(q.Kinds, roster.MemberKind(kind))
	}
	return q, nil
}
