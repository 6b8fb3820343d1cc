package access

import (
	"context"
	"fmt"
	"strings"
	"time"

	"roster/internal/action/org"
	"roster/internal/command"
)

// AuditCommands look for what should not be.
type AuditCommands struct {
	Owners ownersCommand `cmd:"" does:"owner.ways" help:"Show everything that is, could make or could become an Owner."`
}

// ownersCommand lists the ways to Owner.
type ownersCommand struct {
	command.Output
	command.Place
}

// Help tells what the exit code says.
func (ownersCommand) Help() string {
	return `Ends with code 0 when there is nothing beside Owners who are active and hold the role without an end, and
with code 1 when there is: open invitations, blocked or ending Owners, members who hold as much, roles that
are an edit away, product clients that reach Owners. STEPS tells how far away each is.

    roster audit owners || echo "look at this"`
}

type waysDocument struct {
	Beyond  bool             `json:"beyond"`
	Owners  []ownerDocument  `json:"owners"`
	Equals  []equalDocument  `json:"equals"`
	Roles   []roleDocument   `json:"roles"`
	Clients []clientDocument `json:"clients"`
}

type ownerDocument struct {
	Member     command.Subject     `json:"member"`
	Until      *time.Time          `json:"until"`
	SignIn     []string            `json:"sign_in"`
	Invitation *invitationDocument `json:"invitation"`
	Steps      int                 `json:"steps"`
}

type invitationDocument struct {
	Generation int        `json:"generation"`
	Links      int        `json:"links"`
	By         string     `json:"by"`
	ByMail     bool       `json:"by_mail"`
	ExpiresAt  *time.Time `json:"expires_at"`
	Expired    bool       `json:"expired"`
}

type equalDocument struct {
	Member command.Subject `json:"member"`
	Steps  int             `json:"steps"`
}

type roleDocument struct {
	ID      string   `json:"id"`
	Key     string   `json:"key"`
	Name    string   `json:"name"`
	Holders int      `json:"holders"`
	Lacks   []string `json:"lacks"`
	Steps   int      `json:"steps"`
}

type clientDocument struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Permissions []string `json:"permissions"`
	Steps       int      `json:"steps"`
}

// Run prints the ways. Any beside active, endless Owners ends with code 1.
func (c *ownersCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		w, err := d.Orgs.Ways(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			err = con.JSON(waysOf(w))
		} else {
			err = con.Print(ways(w))
		}
		if err == nil && w.Beyond() {
			con.Complain("There is something beside active Owners who hold the role without an end.")
			err = command.ErrTold
		}
		return err
	})
}

func waysOf(w org.Ways) waysDocument {
	doc := waysDocument{w.Beyond(), []ownerDocument{}, []equalDocument{}, []roleDocument{}, []clientDocument{}}
	for _, o := range w.Owners {
		owner := ownerDocument{Member: command.SubjectOf(o.Member.Member), Until: command.Some(o.Until), SignIn: o.SignIn, Steps: o.Steps}
		if i := o.Invitation; i != nil {
			owner.Invitation = &invitationDocument{i.Generation, i.Links, i.By, i.ByMail, command.Some(i.ExpiresAt), i.Expired}
		}
		doc.Owners = append(doc.Owners, owner)
	}
	for _, e := range w.Equals {
		doc.Equals = append(doc.Equals, equalDocument{command.SubjectOf(e.Member.Member), e.Steps})
	}
	for _, r := range w.Roles {
		doc.Roles = append(doc.Roles, roleDocument{r.Role.ID, r.Role.Key, r.Role.Name, r.Holders, r.Lacks, r.Steps})
	}
	for _, c := range w.Clients {
		doc.Clients = append(doc.Clients, clientDocument{c.ID, c.Name, c.Permissions, c.Steps})
	}
	return doc
}

// ways is one table of all that there is, the nearest first.
func ways(w org.Ways) *command.Table {
	t := command.Columns("WAY", "WHO", "STEPS", "HOW")
	for _, o := range w.Owners {
		t.Add("Owner", o.Member.Label(), command.Number(o.Steps), owner(o))
	}
	for _, e := range w.Equals {
		t.Add("holds as much", e.Member.Label(), command.Number(e.Steps), string(e.Member.Status)+", by other grants than the role Owner")
	}
	for _, r := range w.Roles {
		t.Add("role", r.Role.Name, command.Number(r.Steps), fmt.Sprintf("held by %s; an edit could add %s", command.Plural(r.Holders, "member"), command.OrElse(strings.Join(r.Lacks, ", "), "the rest")))
	}
	for _, c := range w.Clients {
		t.Add("product client", c.Name, command.Number(c.Steps), strings.Join(c.Permissions, ", "))
	}
	return t
}

// owner tells how somebody is Owner, and how they come in.
func owner(o org.OwnerWay) string {
	parts := []string{string(o.Member.Status)}
	if !o.Until.IsZero() {
		parts = append(parts, "until "+command.Moment(o.Until))
	}
	if len(o.SignIn) > 0 {
		parts = append(parts, "signs in by "+strings.Join(o.SignIn, ", "))
	}
	if i := o.Invitation; i != nil {
		parts = append(parts, invited(*i))
	}
	return strings.Join(parts, "; ")
}

// invited tells who could accept an Owner's open invitation.
func invited(i org.OpenInvitation) string {
	by := command.Plural(i.Links, "link") + " out, by mail"
	switch {
	case i.Links == 0:
		by = "no link out yet"
	case !i.ByMail:
		by = command.Plural(i.Links, "link") + " out, handed over"
	}
	if i.Expired {
		by += ", expired"
	}
	return fmt.Sprintf("invitation of %s, %s", command.OrElse(i.By, "Roster"), by)
}
