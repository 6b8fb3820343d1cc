package removal_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/action"
	"roster/internal/action/history"
	"roster/internal/action/org"
	"roster/internal/action/outbox"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/action/team/removal"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/credentialdb"
	"roster/internal/store/jobdb"
)

// letter brings the letter that waits for a member, and gives its secret.
func letter(t *testing.T, h *rostertest.House, m roster.MemberID) string {
	t.Helper()
	var jobs []jobdb.Job
	need(t, action.Note(h.CLI(""), h.Gate, func(ctx context.Context, tx store.Noter) (err error) {
		jobs, err = jobdb.Claim(ctx, tx, []string{outbox.Invitation}, 50, time.Hour)
		return err
	}))
	key := ""
	for _, j := range jobs {
		l, err := h.Outbox.Prepare(h.CLI(""), j)
		need(t, err)
		need(t, h.Outbox.Sent(h.CLI(""), j, l))
		if j.About == string(m) {
			key = l.Secret
		}
	}
	if key == "" {
		t.Fatal("no letter waits")
	}
	return key
}

func need(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func invitation(email, first, last string, roles ...string) team.Invitation {
	return team.Invitation{Email: email, Profile: roster.Profile{FirstName: first, LastName: last}, Grants: team.RoleGivings(roles...)}
}

// code gives an error's code; "" for none.
func code(err error) string {
	if err == nil {
		return ""
	}
	return roster.AsError(err).Code
}

func want(t *testing.T, what string, err error, expected string) {
	t.Helper()
	if got := code(err); got != expected {
		t.Errorf("%s: got %q (%v), want %q", what, got, err, expected)
	}
}

func visitor() context.Context {
	return roster.WithActor(context.Background(), roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: "203.0.113.9"})
}

func try(h *rostertest.House, email string) (signin.Signed, error) {
	return h.SignIn.SignIn(visitor(), signin.Try{Email: email, Password: rostertest.Password})
}

// left gives what is left out of a waiting member's invitation.
func left(r removal.Removal, m roster.MemberID) []string {
	for _, w := range r.Waiting {
		if w.ID == m {
			var all []string
			for _, g := range w.Stays {
				all = append(all, g.What())
			}
			return all
		}
	}
	return []string{"(not there)"}
}

func TestWhoLeavesHandsOver(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		north := h.Account("Nordwind", "")
		bob := h.Holder("Bob", team.RoleGivings(roster.RoleUserAdministrator, roster.RoleAuditor)...)
		carol := h.Holder("Carol", team.RoleGivings(roster.RoleUserAdministrator)...)
		_, err := h.Team.Grant(h.As(h.Owner), bob.Member, team.Grants{All: append(team.RoleGivings(roster.RoleUserAdministrator, roster.RoleAuditor), team.Giving{Role: roster.RoleAuditor, Unit: north})})
		need(t, err)
		iris, err := h.Team.Invite(h.As(bob), invitation("iris@example.com", "Iris", "Invited", roster.RoleUserAdministrator, roster.RoleAuditor))
		need(t, err)
		robot, err := h.Team.CreateAPIUser(h.As(bob), team.APIUser{Name: "Robot"})
		need(t, err)

		look, err := h.Removals.Look(h.As(h.Owner), bob.Member, "")
		need(t, err)
		if got := left(look, iris.ID); !slices.Equal(got, []string{"role user_administrator", "role auditor"}) {
			t.Errorf("without a taker all is left out: %v", got)
		}
		if len(look.APIUsers) != 1 || look.APIUsers[0].ID != robot.ID || look.LastOwner || len(look.Grants) != 3 {
			t.Errorf("the look: %+v", look)
		}
		if len(look.Accounts) != 1 || look.Accounts[0].ID != north || len(look.Alone) != 2 {
			t.Errorf("nobody else is an auditor, nor belongs to Nordwind: %+v %+v", look.Alone, look.Accounts)
		}
		look, err = h.Removals.Look(h.As(h.Owner), bob.Member, string(carol.Member))
		need(t, err)
		if got := left(look, iris.ID); !slices.Equal(got, []string{"role auditor"}) {
			t.Errorf("Carol is no auditor and cannot give the role: %v", got)
		}
		for name, taker := range map[string]string{"the leaver": string(bob.Member), "nobody known": "mem_0000", "an API user": string(robot.ID), "who is invited": "iris@example.com", "no name": "x y"} {
			_, err := h.Removals.Remove(h.As(h.Owner), bob.Member, taker)
			want(t, name, err, "taker_unknown")
		}

		done, err := h.Removals.Remove(h.As(h.Owner), bob.Member, string(carol.Member))
		need(t, err)
		if done.Status != roster.Removed || !slices.Equal(left(done, iris.ID), []string{"role auditor"}) {
			t.Errorf("removed: %+v", done)
		}
		detail, err := h.Profiles.Show(h.As(h.Owner), iris.ID, time.Hour)
		need(t, err)
		if detail.Invitations[0].Inviter != string(carol.Member) || detail.Invitations[0].InviterBy != "Carol Holder" || detail.Invitations[0].State != roster.InvitationLive {
			t.Errorf("the inviter: %+v", detail.Invitations[0])
		}
		shown, err := h.Team.Show(h.As(h.Owner), robot.ID)
		need(t, err)
		if shown.CreatedBy != "Carol Holder" || shown.Status != roster.Active {
			t.Errorf("the robot: %+v", shown)
		}
		entered := h.Accept(h.Acme.ID, letter(t, h, iris.ID), "Iris", "Invited")
		now, err := h.Team.Show(h.As(h.Owner), entered.Member)
		need(t, err)
		if !slices.Equal(now.Roles(), []string{roster.RoleUserAdministrator}) {
			t.Errorf("Iris holds %v", now.Roles())
		}
		page, err := h.History.List(h.As(h.Owner), history.Query{Member: bob.Member, Limit: 1})
		need(t, err)
		line := page.Events[0]
		told := ""
		for _, c := range line.Changes {
			told += c.Of.Name + "." + c.Field + ":" + c.From + ">" + c.To + " "
		}
		for _, part := range []string{"Iris Invited.inviter:Bob Holder>Carol Holder", "Robot.created_by:Bob Holder>Carol Holder", "Bob Holder.status:active>removed"} {
			if line.Action != "member.remove" || !strings.Contains(told, part) {
				t.Errorf("the history's line %s lacks %s: %s", line.Action, part, told)
			}
		}
		h.Verified(h.Acme.ID)
	})
}

func TestHandingOverGivesNobodyMoreThanTheTakerAndTheActorHold(t *testing.T) {
	h := rostertest.SQLite(t)
	remover := h.Holder("Rita", team.RoleGivings(roster.RoleUserAdministrator)...)
	bob := h.Holder("Bob", team.RoleGivings(roster.RoleUserAdministrator)...)
	_, err := h.Team.Grant(h.As(h.Owner), bob.Member, team.Grants{All: append(team.RoleGivings(roster.RoleUserAdministrator), team.Giving{Permission: authz.OrganisationRead})})
	need(t, err)
	iris, err := h.Team.Invite(h.As(bob), team.Invitation{Email: "iris@example.com", Profile: roster.Profile{FirstName: "Iris", LastName: "I"}, Grants: []team.Giving{{Permission: authz.OrganisationRead}}})
	need(t, err)
	_, err = h.Team.Grant(h.As(h.Owner), bob.Member, team.Grants{All: team.RoleGivings(roster.RoleUserAdministrator)})
	need(t, err) // else Rita could not even look at them: but what they gave stays to be asked
	done, err := h.Removals.Remove(h.As(remover), bob.Member, string(h.Owner.Member))
	need(t, err)
	if got := left(done, iris.ID); len(got) != 1 {
		t.Errorf("the Owner holds it, and Rita, who hands it over, does not: %v", got)
	}
	entered := h.Accept(h.Acme.ID, letter(t, h, iris.ID), "Iris", "I")
	now, err := h.Team.Show(h.As(h.Owner), entered.Member)
	need(t, err)
	if len(now.Grants) != 0 {
		t.Errorf("Iris holds %+v", now.Grants)
	}
}

func TestTheLastOwnerIsToldBeforeTheRefusal(t *testing.T) {
	h := rostertest.SQLite(t)
	look, err := h.Removals.Look(h.CLI(h.Acme.ID), h.Owner.Member, "")
	need(t, err)
	if !look.LastOwner {
		t.Error("not told")
	}
	_, err = h.Removals.Remove(h.CLI(h.Acme.ID), h.Owner.Member, "")
	want(t, "the last Owner", err, "last_owner")
	second := h.Holder("Second", team.RoleGivings(roster.RoleOwner)...)
	look, err = h.Removals.Look(h.As(second), h.Owner.Member, "")
	need(t, err)
	if look.LastOwner || len(look.Alone) != 0 {
		t.Errorf("there are two: %+v", look)
	}
	_, err = h.Removals.Look(h.As(second), second.Member, "")
	want(t, "oneself", err, "not_on_yourself")
	weak := h.Holder("Weak", team.RoleGivings(roster.RoleAuditor)...)
	_, err = h.Removals.Look(h.As(weak), h.Owner.Member, "")
	want(t, "who may not remove", err, "forbidden")
}

// TestWhoComesBackIsNew holds that nothing of the old membership returns, for persons of their own and managed ones.
func TestWhoComesBackIsNew(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		for _, byMail := range []bool{true, false} {
			email := map[bool]string{true: "own@example.com", false: "managed@example.com"}[byMail]
			in := invitation(email, "Anna", "Berg", roster.RoleAuditor)
			in.ExternalID = "crm-" + strings.TrimSuffix(email, "@example.com")
			enter := func(m roster.MemberID) roster.Actor {
				if byMail {
					return h.Accept(h.Acme.ID, letter(t, h, m), "Anna", "Berg")
				}
				linked, err := h.Team.Link(h.As(h.Owner), m)
				need(t, err)
				return h.Accept(h.Acme.ID, linked.Secret, "Anna", "Berg")
			}
			was, err := h.Team.Invite(h.As(h.Owner), in)
			need(t, err)
			old := enter(was.ID)
			signed, err := try(h, email)
			need(t, err)
			_, err = h.Team.Remove(h.As(h.Owner), old.Member)
			need(t, err)
			if _, err := h.SignIn.Check(visitor(), signed.Secret); code(err) == "" {
				t.Errorf("%s: the session lives on", email)
			}
			if _, err := try(h, email); code(err) != "wrong_credentials" {
				t.Errorf("%s: the password lives on: %v", email, err)
			}
			need(t, action.Note(h.CLI(""), h.Gate, func(ctx context.Context, tx store.Noter) error {
				kept, err := credentialdb.Password(ctx, tx, old.Person)
				if kept.OK {
					t.Errorf("%s: the password is kept", email)
				}
				return err
			}))
			again := invitation(email, "Anna", "Berg")
			again.ExternalID = in.ExternalID // free again
			v, err := h.Team.Invite(h.As(h.Owner), again)
			need(t, err)
			back := enter(v.ID)
			detail, err := h.Profiles.Show(h.As(h.Owner), back.Member, time.Hour)
			need(t, err)
			if back.Member == old.Member || !slices.Equal(detail.Roles(), []string{roster.RoleMember}) || len(detail.Sessions) > 1 || detail.VerifiedAt.IsZero() == byMail {
				t.Errorf("%s comes back as %+v", email, detail)
			}
			gone, err := h.Team.List(h.As(h.Owner), team.Query{Status: []roster.Status{roster.Removed}})
			need(t, err)
			if !slices.ContainsFunc(gone.Members, func(m team.View) bool { return m.ID == old.Member && m.Name == "Anna Berg" }) {
				t.Errorf("%s: the old name is gone", email)
			}
		}
		h.Verified(h.Acme.ID)
	})
}

// TestAnotherMembershipKeepsTheWayIn holds that who leaves one organisation signs in to the other as before.
func TestAnotherMembershipKeepsTheWayIn(t *testing.T) {
	h := rostertest.SQLite(t)
	v, err := h.Team.Invite(h.As(h.Owner), invitation("anna@example.com", "Anna", "Berg"))
	need(t, err)
	anna := h.Accept(h.Acme.ID, letter(t, h, v.ID), "Anna", "Berg")
	other, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Other", Plan: roster.PlanUnlimited, Owner: "otto@example.com"})
	need(t, err)
	otto := h.Accept(other.Organisation.ID, other.Link, "Otto", "Other")
	there, err := h.Team.Invite(h.As(otto), invitation("anna@example.com", "Anna", "Berg"))
	need(t, err)
	person := roster.Actor{Kind: roster.ActorPerson, Person: anna.Person, Door: roster.DoorDashboard}
	_, err = h.SignIn.Accept(h.As(person), signin.Acceptance{Org: other.Organisation.ID, Secret: letter(t, h, there.ID)})
	need(t, err)
	_, err = h.Team.Remove(h.As(h.Owner), anna.Member)
	need(t, err)
	if _, err := try(h, "anna@example.com"); err != nil {
		t.Errorf("out of Acme, and in the other still: %v", err)
	}
	_, err = h.Team.Remove(h.As(otto), there.ID)
	need(t, err)
	if _, err := try(h, "anna@example.com"); code(err) != "wrong_credentials" {
		t.Errorf("out of both: %v", err)
	}
}
