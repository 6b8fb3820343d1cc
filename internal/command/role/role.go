// Package role holds the commands about roles: the built-in ones and the organisation's own. Giving a role
// is among the commands about members.
package role

import (
	"context"
	"strings"
	"time"

	"roster/internal/action/role"
	"roster/internal/command"
	"roster/internal/roster"
	api "roster/internal/server/api/role"
	"roster/internal/store/roledb"
)

// Commands are about roles.
type Commands struct {
	List   listCommand   `cmd:"" does:"role.list" help:"List the roles."`
	Show   showCommand   `cmd:"" does:"role.show" help:"Show what a role holds, and who holds it."`
	Create createCommand `cmd:"" does:"role.create" help:"Make a role."`
	Edit   editCommand   `cmd:"" does:"role.edit,role.preview" help:"Change a role; --dry-run tells who would gain and lose what."`
	Delete deleteCommand `cmd:"" does:"role.delete" help:"Delete a role that nobody holds."`
}

// which names one role.
type which struct {
	Role string `arg:"" help:"A role: key or ID." placeholder:"ROLE"`
}

// roleDocument is what --json prints of a role.
type roleDocument struct {
	ID          string           `json:"id"`
	Key         string           `json:"key"`
	Name        string           `json:"name"`
	Description string           `json:"description"`
	BuiltIn     bool             `json:"built_in"`
	For         string           `json:"for"`
	Permissions []string         `json:"permissions"`
	Scopes      []string         `json:"scopes"`
	Holders     *int             `json:"holders"` // null for who does not see the whole team
	CanGrant    bool             `json:"can_grant"`
	Missing     []string         `json:"missing"`
	CreatedAt   *time.Time       `json:"created_at"` // null for a built-in role
	CreatedBy   *string          `json:"created_by"`
	UpdatedAt   *time.Time       `json:"updated_at"`
	UpdatedBy   *string          `json:"updated_by"`
	ETag        string           `json:"etag"`
	Allowed     []string         `json:"allowed"`
	HeldBy      []holderDocument `json:"held_by,omitempty"`
	Preview     *previewDocument `json:"preview,omitempty"` // of a dry run
}

type holderDocument struct {
	command.Subject
	ClientID *string    `json:"client_id"`
	Unit     *string    `json:"unit"`
	Until    *time.Time `json:"until"`
}

func documentOf(v role.View) roleDocument {
	d := roleDocument{
		ID: v.ID, Key: v.Key, Name: v.Name, Description: v.Description, BuiltIn: v.BuiltIn, For: forWhom(v.Role),
		Permissions: append([]string{}, v.Permissions...), Scopes: append([]string{}, v.Scopes...),
		CanGrant: len(v.Missing) == 0, Missing: append([]string{}, v.Missing...),
		ETag: api.RoleOf(v).ETag, Allowed: append([]string{}, v.Allowed...),
	}
	if !v.BuiltIn {
		d.CreatedAt, d.CreatedBy = command.Some(v.CreatedAt), command.Text(v.CreatedBy)
		d.UpdatedAt, d.UpdatedBy = command.Some(v.UpdatedAt), command.Text(v.UpdatedBy)
	}
	if v.Holders >= 0 {
		d.Holders = &v.Holders
	}
	return d
}

// forWhom tells which members a role is for: any, external or api.
func forWhom(v roster.Role) string { return command.OrElse(string(v.For), "any") }

// listCommand lists the roles.
type listCommand struct {
	command.Output
	command.Place
}

// Run prints the roles.
func (c *listCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		all, err := d.Roles.List(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			list := command.List[roleDocument]{Items: []roleDocument{}}
			for _, v := range all {
				list.Items = append(list.Items, documentOf(v))
			}
			return con.JSON(list)
		}
		t := command.Columns("NAME", "KEY", "FOR", "PERMISSIONS", "SCOPES", "HELD BY", "KIND")
		for _, v := range all {
			kind := "own"
			if v.BuiltIn {
				kind = "built in"
			}
			t.Add(v.Name, v.Key, forWhom(v.Role), command.Number(len(v.Permissions)), command.Number(len(v.Scopes)), holders(v), kind)
		}
		return con.Print(t)
	})
}

// holders reads how many hold a role; nothing for who does not see the whole team.
func holders(v role.View) string {
	if v.Holders < 0 {
		return ""
	}
	return command.Number(v.Holders)
}

// showCommand shows a role.
type showCommand struct {
	command.Output
	command.Place
	which
}

// Help shows an example.
func (showCommand) Help() string {
	return `A member stands once for each place where the role was given.

    roster role show dispatcher`
}

// Run prints the role.
func (c *showCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		v, held, err := gather(ctx, d, c.Role)
		if err != nil {
			return err
		}
		if c.JSON {
			doc := documentOf(v.View)
			for _, h := range held {
				doc.HeldBy = append(doc.HeldBy, holderDocument{command.SubjectOf(h.Member), command.Text(h.Member.ClientID), command.Text(string(h.Grant.Unit)), command.Some(h.Grant.Until)})
			}
			return con.JSON(doc)
		}
		return show(ctx, con, d, v, held)
	})
}

// gather gives a role with all who hold it.
func gather(ctx context.Context, d command.Desk, id string) (role.Detail, []roledb.Holder, error) {
	var all []roledb.Holder
	q := role.Query{Limit: 200}
	for {
		v, err := d.Roles.Show(ctx, id, q)
		if err != nil {
			return v, nil, err
		}
		all = append(all, v.Held.Holders...)
		if q.Cursor = v.Held.Next; q.Cursor == "" {
			return v, all, nil
		}
	}
}

func show(ctx context.Context, con *command.Console, d command.Desk, v role.Detail, held []roledb.Holder) error {
	names := d.Names()
	var s command.Sheet
	s.Add("Name", v.Name)
	s.Add("Key", v.Key)
	s.Add("Description", v.Description)
	s.Add("Built in", command.Yes(v.BuiltIn))
	s.Add("For", forWhom(v.Role))
	s.Add("Scopes", strings.Join(v.Role.Scopes, ", "))
	if !v.BuiltIn {
		s.Add("Created", command.Moment(v.CreatedAt)+" by "+names.Doer(ctx, v.CreatedBy))
		s.Add("Updated", command.Moment(v.UpdatedAt)+" by "+names.Doer(ctx, v.UpdatedBy))
	}
	s.Add("ID", v.ID)
	if err := con.Show(&s); err != nil {
		return err
	}
	if len(v.Permissions) > 0 {
		t := command.Columns("PERMISSION", "KIND", "SCOPE", "NAME")
		for _, p := range v.Permissions {
			t.Add(p.Key, string(p.Kind), p.Scope, p.Name)
		}
		if err := con.Apart(t); err != nil {
			return err
		}
	}
	if len(held) == 0 {
		con.Note("Nobody holds it.")
		return nil
	}
	t := command.Columns("HELD BY", "STATUS", "AT", "UNTIL", "ID")
	for _, h := range held {
		t.Add(h.Member.Label(), string(h.Member.Status), names.Unit(ctx, h.Grant.Unit), command.Moment(h.Grant.Until), string(h.Member.ID))
	}
	return con.Apart(t)
}
