package apply

import (
	"cmp"
	"context"
	"slices"
	"time"

	"roster/internal/act"
	"roster/internal/action/team"
	"roster/internal/people"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/store/memberdb"
)

// called gives what a member of the file is called, as long as nobody knows who they are.
func called(m people.Member) string {
	return cmp.Or(m.Email, said(m.Name), said(m.ExternalID), m.ClientID, m.ID)
}

// member makes somebody who is there what the file says of them, but for what ends.
func (r *run) member(ctx context.Context, i int) error {
	m := r.file.Members[i]
	c := Change{What: Member, Line: m.Line, ID: string(r.who[i]), Name: called(m)}
	if r.lost[i] != nil && (!m.Removed || r.lost[i].Code != "member_unknown") {
		r.refuse(c, r.lost[i])
	}
	if r.who[i] == "" || m.Removed {
		return nil
	}
	if refused := r.May(ctx, act.MemberShow, roster.RefMember(r.who[i], "")); refused != nil {
		r.refuse(c, refused)
		return nil
	}
	row, err := r.row(ctx, i)
	if err != nil {
		return err
	}
	c.Name = row.Label()
	n, err := naming(ctx, row.ID)
	if err != nil {
		return err
	}
	if err := fixed(n, m, row); err != nil {
		r.refuse(c, err)
		return nil
	}
	if m.Blocked != nil && !*m.Blocked && row.Status == roster.Blocked {
		c := c
		c.Does = act.MemberUnblock
		if _, err := r.do(ctx, c, roster.RefMember(row.ID, ""), func(ctx context.Context) error {
			_, err := team.Readmit(ctx, r.Tx(), row.ID)
			return err
		}); err != nil {
			return err
		}
	}
	if err := r.edit(ctx, c, m, row); err != nil {
		return err
	}
	if err := r.ends(ctx, c, m, row); err != nil || m.Grants == nil {
		return err
	}
	return r.grant(ctx, c, row, *m.Grants)
}

// fixed refuses what the file says of a member that nobody changes so. Kind: Invalid.
func fixed(n names, m people.Member, row memberdb.Row) error {
	var bad roster.Problems
	if address, err := roster.ParseEmail(m.Email); m.Email != "" && err == nil && address.Folded != row.Email.Folded {
		bad.Add("email", roster.Errorf(roster.Invalid, "not_editable", "An address changes by its person alone, on their profile."))
	}
	if m.Kind != nil && roster.MemberKind(*m.Kind) != row.Kind {
		bad.Add("kind", roster.Errorf(roster.Invalid, "not_editable", "What kind of member somebody is stays as it is."))
	}
	if m.Unit != nil && n.unit(*m.Unit) != row.Unit {
		bad.Add("unit", roster.Errorf(roster.Invalid, "not_editable", "The customer account that somebody is bound to stays as it is. Add them there anew."))
	}
	if m.Ends != nil && !m.Ends.IsZero() && row.Kind != roster.API {
		bad.Add("ends_at", policy.ErrNoEnd())
	}
	return bad.Err()
}

// ends moves the end of an API user's time to where the file says it is.
func (r *run) ends(ctx context.Context, c Change, m people.Member, row memberdb.Row) error {
	if m.Ends == nil || m.Ends.Equal(row.Ends) {
		return nil
	}
	c.Does, c.Fields = act.EndSet, fields("ends_at", people.WriteEnd(row.Ends), people.WriteEnd(*m.Ends))
	_, err := r.do(ctx, c, roster.RefMember(row.ID, ""), func(ctx context.Context) error { return r.hands.MoveEnd(ctx, r.Tx(), row.ID, *m.Ends) })
	return err
}

// edit changes what the file says otherwise of a member's profile and external ID.
func (r *run) edit(ctx context.Context, c Change, m people.Member, row memberdb.Row) error {
	profile := roster.Profile{FirstName: row.FirstName, LastName: row.LastName, Phone: row.Phone}
	if row.Kind == roster.API {
		profile.Name = row.Member.Name
	}
	for to, from := range map[*string]*string{&profile.FirstName: m.FirstName, &profile.LastName: m.LastName, &profile.Name: m.Name, &profile.Phone: m.Phone} {
		if from != nil {
			*to = *from
		}
	}
	external := row.ExternalID
	if m.ExternalID != nil {
		external = *m.ExternalID
	}
	now := roster.Member{FirstName: profile.FirstName, LastName: profile.LastName, Name: profile.Name, Phone: profile.Phone}
	if clean, err := row.Member.Edit(profile, false); err == nil {
		now = clean
	}
	c.Does = act.MemberEdit
	c.Fields = fields("first_name", row.FirstName, now.FirstName, "last_name", row.LastName, now.LastName, "phone", row.Phone, now.Phone, "external_id", row.ExternalID, external)
	if row.Kind == roster.API || m.Name != nil {
		c.Fields = append(c.Fields, fields("name", row.Member.Name, now.Name)...)
	}
	if len(c.Fields) == 0 {
		return nil
	}
	_, err := r.do(ctx, c, roster.RefMember(row.ID, ""), func(ctx context.Context) error {
		_, err := team.Edit{Profile: func(roster.Member) roster.Profile { return profile }, ExternalID: &external}.Make(ctx, r.Tx(), row.ID)
		return err
	})
	return err
}

// grant makes what a member holds what the file says, as far as the actor sees it.
func (r *run) grant(ctx context.Context, c Change, row memberdb.Row, all []people.Grant) error {
	n, err := naming(ctx, row.ID)
	if err != nil {
		return err
	}
	if r.adds {
		all = beside(n, row.Member, n.held, all)
	}
	givings, wanted := asked(n, row.Member, all)
	at := r.Tx().At()
	c.Does = act.MemberGrant
	c.Gained = told(n, without(wanted, n.held))
	c.Lost = told(n, slices.DeleteFunc(without(n.held, wanted), func(g roster.Grant) bool { return !g.Live(at) }))
	if len(c.Gained)+len(c.Lost) == 0 {
		return nil
	}
	_, err = r.do(ctx, c, roster.RefMember(row.ID, ""), func(ctx context.Context) error {
		_, err := team.Grants{All: givings}.Set(ctx, r.Tx(), row.ID)
		return err
	})
	return err
}

// asked gives the grants of a file as a member is given them, and as they would be held.
func asked(n names, m roster.Member, all []people.Grant) ([]team.Giving, []roster.Grant) {
	givings, grants := make([]team.Giving, len(all)), make([]roster.Grant, 0, len(all))
	for i, a := range all {
		givings[i] = team.Giving{Role: a.Role, Permission: a.Permission, Scope: a.Scope, Until: a.Until}
		if a.Unit != "" {
			givings[i].Unit = n.unit(a.Unit)
		}
		g := roster.Grant{Role: a.Role, Permission: a.Permission, Scope: a.Scope, Unit: givings[i].Unit, Until: a.Until}
		if role, known := n.snap.Role(a.Role); known {
			g.Role = role.ID
		}
		if g.Unit == "" && m.Kind == roster.External {
			g.Unit = m.Unit
		}
		if !slices.ContainsFunc(grants, func(o roster.Grant) bool { return same(o, g) }) {
			grants = append(grants, g)
		}
	}
	return givings, grants
}

// told gives grants as they are told of: a unit that the actor does not know as they named it.
func told(n names, all []roster.Grant) []Grant {
	out := make([]Grant, len(all))
	for i, g := range all {
		out[i] = Grant{Grant: people.Grant{Role: g.Role, Permission: g.Permission, Scope: g.Scope, Unit: string(g.Unit), Until: g.Until}}
		if role, known := n.snap.Role(g.Role); known {
			out[i].Role, out[i].RoleName = role.Key, role.Name
		}
		if u, there := n.snap.Unit(g.Unit); there && n.known(u.ID) {
			out[i].Unit, out[i].UnitName = cmp.Or(u.ExternalID, string(u.ID)), u.Name
		}
	}
	return out
}

func same(a, b roster.Grant) bool { return a.Alike(b) && a.Until.Equal(b.Until) }

func without(all, others []roster.Grant) []roster.Grant {
	return slices.DeleteFunc(slices.Clone(all), func(g roster.Grant) bool {
		return slices.ContainsFunc(others, func(o roster.Grant) bool { return same(o, g) })
	})
}

// stop blocks or removes somebody where the file says so.
func (r *run) stop(ctx context.Context, i int) error {
	if r.who[i] == "" {
		return nil
	}
	m := r.file.Members[i]
	return r.end(ctx, r.who[i], m.Removed, m.Line)
}

// join adds somebody who is not there yet.
func (r *run) join(ctx context.Context, i int) error {
	m := r.file.Members[i]
	if r.who[i] != "" || r.lost[i] != nil {
		return nil
	}
	n, err := naming(ctx, "")
	if err != nil {
		return err
	}
	id := roster.NewMemberID()
	kind := roster.MemberKind(cmp.Or(said(m.Kind), string(roster.Regular)))
	who := roster.Member{ID: id, Kind: kind, Unit: n.unit(said(m.Unit))}
	c := Change{What: Member, Line: m.Line, ID: string(id), Name: called(m), Does: act.MemberInvite}
	c.Fields = fields("kind", "", string(kind), "external_id", "", said(m.ExternalID), "first_name", "", said(m.FirstName), "last_name", "", said(m.LastName),
		"name", "", said(m.Name), "phone", "", said(m.Phone), "unit", "", said(m.Unit), "ends_at", "", people.WriteEnd(endOf(m)))
	blocked := m.Blocked != nil && *m.Blocked
	if blocked {
		c.Fields = append(c.Fields, Field{Name: "blocked", To: "true"})
	}
	roles := []people.Grant{{Role: roster.RoleMember}}
	if m.Grants != nil && len(*m.Grants) > 0 {
		roles = *m.Grants
	}
	givings, gained := asked(n, who, roles)
	c.Gained = told(n, gained)
	done := false
	if kind == roster.API {
		done, err = r.makeAPIUser(ctx, c, m, id, givings, blocked)
	} else {
		done, err = r.invite(ctx, c, m, who, givings, blocked)
	}
	if err != nil || !done || m.Grants == nil || len(*m.Grants) > 0 {
		return err
	}
	return r.grant(ctx, Change{What: Member, Line: m.Line, ID: string(id), Name: c.Name}, memberdb.Row{Member: who}, nil)
}

func (r *run) makeAPIUser(ctx context.Context, c Change, m people.Member, id roster.MemberID, givings []team.Giving, blocked bool) (bool, error) {
	c.Does = act.APIUserCreate
	var bad roster.Problems
	if said(m.ExternalID) == "" {
		bad.Add("external_id", roster.Errorf(roster.Invalid, "field_required", "Give a new API user an external_id, by which the file finds it again."))
	}
	for field, value := range map[string]string{"email": m.Email, "first_name": said(m.FirstName), "last_name": said(m.LastName), "phone": said(m.Phone), "unit": said(m.Unit)} {
		if value != "" {
			bad.Add(field, roster.Errorf(roster.Invalid, "field_unknown", "An API user has only a name."))
		}
	}
	if err := bad.Err(); err != nil {
		r.refuse(c, err)
		return false, nil
	}
	var made team.MadeAPIUser
	done, err := r.do(ctx, c, roster.RefMember(id, said(m.Name)), func(ctx context.Context) error {
		var err error
		made, err = team.APIUser{Name: said(m.Name), ExternalID: said(m.ExternalID), Grants: givings, StartBlocked: blocked, Ends: endOf(m), SecretLater: r.adds}.Make(ctx, r.Tx(), id)
		return err
	})
	if done {
		r.last().ClientID, r.last().Secret = made.ClientID, made.Secret
	}
	return done, err
}

func endOf(m people.Member) time.Time {
	if m.Ends == nil {
		return time.Time{}
	}
	return *m.Ends
}

func (r *run) invite(ctx context.Context, c Change, m people.Member, who roster.Member, givings []team.Giving, blocked bool) (bool, error) {
	if said(m.Name) != "" {
		r.refuse(c, roster.Errorf(roster.Invalid, "field_unknown", "A person's name is made of the first and the last name.").On("name"))
		return false, nil
	}
	if !endOf(m).IsZero() {
		r.refuse(c, policy.ErrNoEnd().On("ends_at"))
		return false, nil
	}
	on := roster.RefMember(who.ID, m.Email)
	on.At = who.Unit
	return r.do(ctx, c, on, func(ctx context.Context) error {
		_, err := team.Invitation{
			Kind: who.Kind, Unit: string(who.Unit), Email: m.Email, ExternalID: said(m.ExternalID), Grants: givings, StartBlocked: blocked, NamesLater: true,
			Profile: roster.Profile{FirstName: said(m.FirstName), LastName: said(m.LastName), Phone: said(m.Phone)},
		}.Send(ctx, r.Tx(), who.ID)
		return err
	})
}
