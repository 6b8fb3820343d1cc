package action_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/role"
	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
)

func TestNothingPassesTheGateWithinAnAction(t *testing.T) {
	h := rostertest.SQLite(t)
	ctx, cancel := context.WithTimeout(h.As(h.Owner), 10*time.Second)
	defer cancel()
	nothing := func(context.Context, *store.Tx) (int, error) { return 0, nil }
	inner := map[string]func(context.Context) error{
		"a change": func(ctx context.Context) error {
			_, err := action.Do(ctx, h.Gate, act.MemberInvite, roster.Ref{}, nothing)
			return err
		},
		"a look": func(ctx context.Context) error {
			_, err := action.Look(ctx, h.Gate, act.RoleList, func(context.Context, store.Reader) (int, error) { return 0, nil })
			return err
		},
		"a note": func(ctx context.Context) error {
			return action.Note(ctx, h.Gate, func(context.Context, store.Noter) error { return nil })
		},
	}
	for name, inner := range inner {
		if err := inner(ctx); err != nil {
			t.Errorf("%s by itself: %v", name, err)
		}
		_, err := action.Do(ctx, h.Gate, act.APIUserCreate, roster.Ref{}, func(ctx context.Context, _ *store.Tx) (int, error) {
			if inner(ctx) == nil {
				t.Errorf("%s within a change passed", name)
			}
			return 0, ctx.Err()
		})
		if err != nil {
			t.Errorf("around %s: %v", name, err)
		}
		_, err = action.Look(ctx, h.Gate, act.MemberList, func(ctx context.Context, _ store.Reader) (int, error) {
			if inner(ctx) == nil {
				t.Errorf("%s within a look passed", name)
			}
			return 0, nil
		})
		if err != nil {
			t.Errorf("around %s: %v", name, err)
		}
	}
	if _, err := action.Do(ctx, h.Gate, "member.crown", roster.Ref{}, nothing); err == nil {
		t.Error("an action that is not in the list passed")
	}
	for who, ctx := range map[string]context.Context{"an Owner": h.As(h.Owner), "root": h.CLI(h.Acme.ID)} {
		_, err := action.DoSeries(ctx, h.Gate, act.PeopleApply, func(ctx context.Context, s *action.Series) (int, error) {
			if err := s.May(ctx, "member.crown", roster.RefMember(h.Owner.Member, "")); err == nil || roster.AsError(err).Kind != roster.Internal {
				t.Errorf("%s may do in a series what is not in the list: %v", who, err)
			}
			refused, err := s.Do(ctx, "member.crown", roster.RefMember(h.Owner.Member, ""), func(context.Context, *store.Tx) error {
				t.Errorf("%s did it", who)
				return nil
			})
			if refused != nil || err == nil {
				t.Errorf("%s was refused as a row is: %v, %v", who, refused, err)
			}
			return 0, err
		})
		if err == nil {
			t.Errorf("%s passed with an action that is not in the list", who)
		}
	}
	h.Verified(h.Acme.ID)
}

func TestARefusalNamesAFewOfWhatIsMissing(t *testing.T) {
	h := rostertest.SQLite(t)
	d := authz.Declaration{}
	draft := role.Draft{Name: "Everything", Description: "All there is"}
	for i := range 60 {
		key := fmt.Sprintf("thing%02d.read", i)
		d.Permissions = append(d.Permissions, authz.Permission{Key: key, Name: key, Kind: authz.Read})
		draft.Permissions = append(draft.Permissions, key)
	}
	h.Declare(d)
	made, err := h.Roles.Create(h.As(h.Owner), draft)
	if err != nil {
		t.Fatal(err)
	}
	admin := h.Join("uma@example.com", "Uma", "Admin", roster.RoleUserAdministrator)
	_, err = h.Team.Invite(h.As(admin), team.Invitation{
		Email: "new@example.com", Profile: roster.Profile{FirstName: "N", LastName: "N"}, Grants: team.RoleGivings(made.ID),
	})
	refused := roster.AsError(err)
	equal(t, "code", refused.Code, "exceeds_authority")
	equal(t, "the message", refused.Message, "You cannot give or take what you lack, nor for longer than you hold it: "+
		strings.Join(draft.Permissions[:20], ", ")+", … and 40 more. Olga Owner can give it to you, or do it.")
	equal(t, "missing, for programs", strings.Join(refused.Missing, " "), strings.Join(draft.Permissions, " "))
}

func TestARefusalNamesTheScopeThatKeepsAPermissionFromWorking(t *testing.T) {
	h := rostertest.SQLite(t)
	noah := h.Holder("Noah", team.Giving{Permission: authz.MembersRead}, team.Giving{Permission: authz.MembersWrite})
	_, err := h.Team.List(h.As(noah), team.Query{})
	refused := roster.AsError(err)
	equal(t, "the message", refused.Message, "You need the permission members.read with the scope admin for this. Someone who holds it can give it to you, or do it.")
	equal(t, "missing, for programs", strings.Join(refused.Missing, " "), "members.read")
}
