package giving

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"roster/internal/authz"
	"roster/internal/roster"
)

// firm makes a snapshot with a customer account in another, one beside it, and a role; its giver holds some grants.
func firm(t interface{ Fatal(...any) }, holds []roster.Grant) *authz.Snapshot {
	c, err := authz.NewCatalogue(1, authz.Declaration{
		Scopes: []authz.Scope{{Key: "network", Name: "Network"}, {Key: "billing", Name: "Billing"}},
		Permissions: []authz.Permission{
			{Key: "devices.read", Scope: "network", Kind: authz.Read, Name: "See devices"},
			{Key: "devices.write", Scope: "network", Kind: authz.Write, Name: "Edit devices"},
			{Key: "invoices.read", Scope: "billing", Kind: authz.Read, Name: "See invoices"},
			{Key: "notices.read", Kind: authz.Read, Name: "See notices"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range holds {
		holds[i].ID, holds[i].Member = fmt.Sprint(i), "mem_giver"
	}
	return authz.NewSnapshot(c, authz.Facts{
		Seq:     1,
		Units:   []roster.Unit{{ID: "north", Kind: roster.Account}, {ID: "yard", Parent: "north", Kind: roster.Group}, {ID: "south", Kind: roster.Account}},
		Roles:   append(c.BuiltIn(), roster.Role{ID: "fitter", Key: "fitter", Name: "Fitter", Permissions: []string{"devices.read", "devices.write"}, Scopes: []string{"network"}}),
		Members: []authz.Subject{{ID: "mem_giver", Kind: roster.Regular, Status: roster.Active}},
		Grants:  holds,
	})
}

func drawGrant(t *rapid.T) roster.Grant {
	g := roster.Grant{Unit: rapid.SampledFrom([]roster.UnitID{"", "", "north", "yard", "south"}).Draw(t, "where")}
	switch key := rapid.SampledFrom([]string{"devices.read", "devices.write", "invoices.read", "notices.read", "network", "billing", "fitter", roster.RoleUserAdministrator}).Draw(t, "what"); key {
	case "network", "billing":
		g.Scope = key
	case "fitter", roster.RoleUserAdministrator:
		g.Role = key
	default:
		g.Permission = key
	}
	if days := rapid.IntRange(0, 3).Draw(t, "days"); days > 0 {
		g.Until = time.Unix(int64(days)*86400, 0)
	}
	return g
}

func TestGrantsOfferedTogetherStandAsIfOfferedInTurn(t *testing.T) {
	at := time.Unix(100, 0)
	var passed, stayed int
	check := func(t *rapid.T) {
		draw := func(what string, most int) []roster.Grant {
			return rapid.SliceOfN(rapid.Custom(drawGrant), 0, most).Draw(t, what)
		}
		holds := append(draw("the giver's", 5), roster.Grant{Role: roster.RoleUserAdministrator})
		snap, stand, offered := firm(t, holds), draw("standing", 3), draw("offered", 7)
		by := snap.Authority("mem_giver", at)
		asked := Test{snap: snap, at: at, stand: slices.Clone(stand)}
		pass, stay := asked.Offer(offered, by)
		var wantPass, wantStay []roster.Grant
		for _, g := range offered { // as design page 1 says it
			before, after := snap.AuthorityOf(stand, at), snap.AuthorityOf(append(slices.Clone(stand), g), at)
			if by.Holds(authz.MembersWrite, g.Unit) && len(by.LacksItems(g)) == 0 && len(by.LacksChange(before, after)) == 0 {
				stand, wantPass = append(stand, g), append(wantPass, g)
			} else {
				wantStay = append(wantStay, g)
			}
		}
		if !slices.Equal(pass, wantPass) || !slices.Equal(stay, wantStay) {
			t.Fatalf("together %v pass and %v stay, in turn %v and %v", pass, stay, wantPass, wantStay)
		}
		passed, stayed = passed+len(pass), stayed+len(stay)
	}
	for range 5 { // of one round's grants, sometimes too few pass
		rapid.Check(t, check)
	}
	if passed < 50 || stayed < 50 {
		t.Errorf("%d passed and %d stayed: too few to tell", passed, stayed)
	}
}

// A thousand grants, the most that a member may have, are asked in a moment both where all of them stand and where
// none does: asked in turn, each beside all before it, it would take minutes under the organisation's lock.
func TestTheMostGrantsThereMayBeAreOffered(t *testing.T) {
	const most = 1000
	d := authz.Declaration{Scopes: []authz.Scope{{Key: "product", Name: "Product"}}}
	big := roster.Role{ID: "big", Key: "big", Name: "Big"}
	for i := range 100 {
		key := fmt.Sprintf("thing%d.read", i)
		d.Permissions = append(d.Permissions, authz.Permission{Key: key, Name: key, Scope: "product", Kind: authz.Read})
		big.Permissions = append(big.Permissions, key)
	}
	c, err := authz.NewCatalogue(1, d)
	if err != nil {
		t.Fatal(err)
	}
	f := authz.Facts{Roles: append(c.BuiltIn(), big), Members: []authz.Subject{{ID: "mem_giver", Kind: roster.Regular, Status: roster.Active}}}
	var all []roster.Grant
	for i := range most {
		u := roster.Unit{ID: roster.UnitID(fmt.Sprintf("unit_%d", i)), Kind: roster.Account}
		f.Units, all = append(f.Units, u), append(all, roster.Grant{Role: "big", Unit: u.ID})
	}
	f.Grants = []roster.Grant{{Member: "mem_giver", Role: "big"}, {Member: "mem_giver", Role: roster.RoleUserAdministrator}}
	offer := func(stand ...roster.Grant) (pass, stay int) {
		asked := Test{snap: authz.NewSnapshot(c, f), at: time.Unix(1, 0), stand: stand}
		yes, no := asked.Offer(all, asked.snap.Authority("mem_giver", asked.at))
		return len(yes), len(no)
	}
	if pass, stay := offer(); pass != most || stay != 0 {
		t.Errorf("of who gave it, %d pass and %d stay", pass, stay)
	}
	if pass, stay := offer(roster.Grant{Scope: "product"}); pass != 0 || stay != most {
		t.Errorf("beside a scope that the giver lacks, %d pass and %d stay", pass, stay)
	}
}

// Whose time is over has nothing to give, as somebody who is blocked.
func TestWhoseTimeIsOverHasNothingToGive(t *testing.T) {
	c, err := authz.NewCatalogue(1, authz.Declaration{})
	if err != nil {
		t.Fatal(err)
	}
	snap := authz.NewSnapshot(c, authz.Facts{
		Roles: c.BuiltIn(), Members: []authz.Subject{{ID: "mem_giver", Kind: roster.API, Status: roster.Active, Ends: time.Unix(100, 0)}},
		Grants: []roster.Grant{{Member: "mem_giver", Role: roster.RoleUserAdministrator}},
	})
	for second, can := range map[int64]bool{99: true, 100: false, 101: false} {
		if got := New(snap, time.Unix(second, 0)).Giver(roster.Grant{GivenBy: "mem_giver"}).Holds(authz.MembersWrite, ""); got != can {
			t.Errorf("at %d, with the end at 100: %v", second, got)
		}
	}
}
