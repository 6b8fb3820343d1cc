package law_test

import (
	"context"
	"regexp"

	"roster/internal/act"
	"roster/internal/action/role"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/action/team/way"
	"roster/internal/action/unit"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// door is a way in.
type door interface {
	// opens tells whether a principal can try an act there.
	opens(s *stage, p principal, a deed) bool
	try(s *stage, p principal, a deed) outcome
}

// outcome is what a door told.
type outcome struct {
	done bool
	code string // where the door tells codes
	text string // everything it told
}

var (
	clientSecret = regexp.MustCompile(`rsec_[A-Za-z0-9_-]+`)
	linkSecret   = regexp.MustCompile(`rinv_[A-Za-z0-9_-]+`)
)

// room is a door without a door: the use cases themselves, as the dashboard, the API and the command line
// call them.
type room struct{ door roster.Door }

func (room) opens(_ *stage, p principal, a deed) bool { return true }

// as gives the context of a principal.
func (r room) as(s *stage, p principal) context.Context {
	if p.root {
		return s.root()
	}
	actor := rostertest.Actor(s.rows[p.member])
	actor.Scopes = p.token
	if r.door != "" {
		actor.Door = r.door
	}
	return roster.WithActor(context.Background(), actor)
}

func (r room) try(s *stage, p principal, a deed) outcome {
	secret, err := r.call(s, r.as(s, p), a)
	if err != nil {
		return outcome{false, roster.AsError(err).Code, err.Error()}
	}
	return outcome{true, "", secret}
}

// call calls the act's use case, and gives the secret that it told.
func (r room) call(s *stage, ctx context.Context, a deed) (secret string, err error) {
	h := s.h
	switch a.name {
	case act.MemberInvite, act.MemberCreate, act.APIUserCreate, act.MemberClone:
		return r.enter(s, ctx, a)
	case act.MemberPassword:
		_, err = h.Team.SetPassword(ctx, a.on, team.NewPassword{Password: handed, Repeat: handed})
	case act.MemberPasswordReset:
		_, err = h.Recovery.Send(ctx, a.on)
	case act.MemberMethod:
		_, err = h.Ways.Change(ctx, a.on, way.Change{Coming: s.coming(a)})
	case act.EndSet:
		_, err = h.Credentials.SetEnd(ctx, a.on, a.ends)
	case act.SecretAdd:
		_, err = h.Credentials.AddSecret(ctx, a.on)
	case act.SecretRemove:
		_, err = h.Credentials.RemoveSecret(ctx, a.on, a.which)
	case act.KeyAdd:
		_, err = h.Credentials.AddKeys(ctx, a.on, a.jwk)
	case act.KeyRemove:
		_, err = h.Credentials.RemoveKey(ctx, a.on, a.which)
	case act.MemberEdit:
		_, err = h.Team.Edit(ctx, a.on, team.Edit{Profile: func(m roster.Member) roster.Profile {
			return profile(m.Kind, a.label)
		}})
	case act.MemberGrant:
		_, err = h.Team.Grant(ctx, a.on, team.Grants{All: team.Givings(a.grants)})
	case act.MemberBlock:
		_, err = h.Team.Block(ctx, a.on, "")
	case act.MemberUnblock:
		_, err = h.Team.Unblock(ctx, a.on)
	case act.MemberRemove:
		if a.to == "" {
			_, err = h.Team.Remove(ctx, a.on)
		} else {
			_, err = h.Removals.Remove(ctx, a.on, string(a.to))
		}
	case act.MemberResend:
		_, err = h.Team.Resend(ctx, a.on)
	case act.MemberLink:
		l, err := h.Team.Link(ctx, a.on)
		return l.Secret, err
	case act.InvitationAccept:
		ctx := roster.WithActor(context.Background(), roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard})
		_, err = h.SignIn.Accept(ctx, signin.Acceptance{Org: s.org.ID, Secret: a.secret, FirstName: "Accepted", LastName: a.label, Password: rostertest.Password, Repeat: rostertest.Password})
	default:
		err = r.arrange(s, ctx, a)
	}
	return "", err
}

// handed is the password that administrators set: its owner chooses another before they come in.
const handed = "copper-lantern-meadow-31"

// profile gives the names of somebody of a kind.
func profile(kind roster.MemberKind, label string) roster.Profile {
	if kind == roster.API {
		return roster.Profile{Name: label}
	}
	return roster.Profile{FirstName: "First", LastName: label}
}

func (r room) enter(s *stage, ctx context.Context, a deed) (secret string, err error) {
	email := a.label + "@example.com"
	in := team.Invitation{Kind: a.kind, Unit: string(a.unit), Email: email, Profile: profile(a.kind, a.label), Grants: team.Givings(a.grants), StartBlocked: a.later}
	switch a.name {
	case act.MemberInvite:
		_, err = s.h.Team.Invite(ctx, in)
		return "", err
	case act.MemberCreate:
		_, err = s.h.Team.Create(ctx, team.Creation{Invitation: in, NewPassword: team.NewPassword{Password: handed, Repeat: handed}})
		return "", err
	case act.APIUserCreate:
		v, err := s.h.Team.CreateAPIUser(ctx, team.APIUser{Name: a.label, Grants: team.Givings(a.grants), StartBlocked: a.later, Ends: a.ends})
		return v.Secret, err
	}
	c := team.Clone{Email: email, Profile: profile(a.kind, a.label), StartBlocked: a.later}
	if a.kind == roster.API {
		c.Email = ""
	}
	v, err := s.h.Team.Clone(ctx, a.on, c)
	return v.Secret, err
}

// arrange calls the use cases of roles and units.
func (r room) arrange(s *stage, ctx context.Context, a deed) (err error) {
	h, who := s.h, string(a.draft.For)
	switch a.name {
	case act.RoleCreate:
		_, err = h.Roles.Create(ctx, role.Draft{Name: a.label, Description: a.label, For: who, Permissions: a.draft.Permissions, Scopes: a.draft.Scopes})
	case act.RoleEdit:
		_, err = h.Roles.Edit(ctx, a.role, role.Edit{For: &who, Permissions: &a.draft.Permissions, Scopes: &a.draft.Scopes})
	case act.RoleDelete:
		_, err = h.Roles.Delete(ctx, a.role, 0)
	case act.UnitCreate:
		kind := roster.Account
		if a.group {
			kind = roster.Group
		}
		_, err = h.Units.Create(ctx, unit.Draft{Kind: kind, Name: a.label, Parent: string(a.under)})
	case act.UnitMove:
		_, err = h.Units.Move(ctx, a.unit, unit.Moving{Parent: string(a.under)})
	case act.UnitArchive:
		_, err = h.Units.Archive(ctx, a.unit, 0)
	case act.UnitRestore:
		_, err = h.Units.Restore(ctx, a.unit, 0)
	default:
		s.t.Fatalf("no use case of %s", a.name)
	}
	return err
}
