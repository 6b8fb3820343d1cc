package role

import (
	"time"

	roles "roster/internal/action/role"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/server/api"
	"roster/internal/store/roledb"
)

// Role is a role, and whether the caller can give it.
type Role struct {
	ID          string     `json:"id"`
	Key         string     `json:"key"`
	Name        string     `json:"name"`
	Description string     `json:"description"`
	BuiltIn     bool       `json:"built_in"`
	For         string     `json:"for" enum:"any,external,api" doc:"external or api for such members alone."`
	Permissions []string   `json:"permissions" nullable:"false"`
	Scopes      []string   `json:"scopes" nullable:"false"`
	Holders     *int       `json:"holders" doc:"Members who hold it; null for a caller who does not see the whole team."`
	CanGrant    bool       `json:"can_grant" doc:"Whether the caller can give it on the whole organisation."`
	Missing     []string   `json:"missing" nullable:"false" doc:"The permissions and scopes that the caller lacks to give it there."`
	CreatedAt   *time.Time `json:"created_at" doc:"null for a built-in role."`
	CreatedBy   *string    `json:"created_by" doc:"The ID of who made it."`
	UpdatedAt   *time.Time `json:"updated_at"`
	UpdatedBy   *string    `json:"updated_by"`
	ETag        string     `json:"etag" doc:"For If-Match and If-None-Match."`
	Allowed     []string   `json:"allowed" nullable:"false" doc:"The actions that the caller may do to the role now."`
}

// RoleOf shows a role.
func RoleOf(v roles.View) Role {
	out := shown(v.Role)
	out.CanGrant, out.Missing, out.Allowed = len(v.Missing) == 0, api.List(v.Missing), api.List(v.Allowed)
	if v.Holders >= 0 {
		out.Holders = &v.Holders
	}
	out.ETag = api.ETag(v.Version, out)
	return out
}

func shown(r roster.Role) Role {
	out := Role{
		ID: r.ID, Key: r.Key, Name: r.Name, Description: r.Description, BuiltIn: r.BuiltIn, For: string(r.For),
		Permissions: api.List(r.Permissions), Scopes: api.List(r.Scopes), Missing: []string{}, Allowed: []string{},
	}
	if out.For == "" {
		out.For = "any"
	}
	if !r.BuiltIn {
		out.CreatedAt, out.CreatedBy = api.Moment(r.CreatedAt), api.Text(r.CreatedBy)
		out.UpdatedAt, out.UpdatedBy = api.Moment(r.UpdatedAt), api.Text(r.UpdatedBy)
	}
	return out
}

// Tag gives the role's etag.
func (r Role) Tag() string { return r.ETag }

// RoleDetail is a role and a page of who holds it, a member once for each grant.
type RoleDetail struct {
	Role
	HeldBy     []RoleHolder `json:"held_by" nullable:"false"`
	NextCursor *string      `json:"next_cursor" doc:"Where the next page of holders begins; null on the last."`
}

// RoleHolder is a member who holds a role, where and until when.
type RoleHolder struct {
	ID       string     `json:"id" doc:"The member's ID."`
	Kind     string     `json:"kind" enum:"regular,external,api"`
	Status   string     `json:"status" enum:"invited,active,blocked"`
	Name     string     `json:"name"`
	Email    *string    `json:"email"`
	ClientID *string    `json:"client_id"`
	Unit     *string    `json:"unit" doc:"Where it is held; null for the whole organisation."`
	Until    *time.Time `json:"until" doc:"null for endless."`
}

func detailOf(d roles.Detail) RoleDetail {
	out := RoleDetail{Role: RoleOf(d.View), HeldBy: api.Each(d.Held.Holders, holderOf), NextCursor: api.Text(d.Held.Next)}
	out.ETag = api.ETag(d.Version, out)
	return out
}

func holderOf(h roledb.Holder) RoleHolder {
	m := h.Member
	return RoleHolder{
		ID: string(m.ID), Kind: string(m.Kind), Status: string(m.Status), Name: m.Label(), Email: api.Text(m.Email.Typed), ClientID: api.Text(m.ClientID),
		Unit: api.Text(string(h.Grant.Unit)), Until: api.Moment(h.Grant.Until),
	}
}

// RoleChanged is a role after a write; in a dry run as it would be, with what the change does.
type RoleChanged struct {
	Role
	Preview *RolePreview `json:"preview,omitempty" doc:"Of a dry run."`
}

// RolePreview is what a change of a role would do.
type RolePreview struct {
	Holding int         `json:"holding" doc:"Members who hold the role."`
	Gaining int         `json:"gaining" doc:"Of those, how many would gain something, or hold it longer."`
	Losing  int         `json:"losing" doc:"And how many would lose something, or hold it shorter."`
	Holders []RoleShift `json:"holders" nullable:"false" doc:"Whose access would change; the first 50."`
	Missing []string    `json:"missing" nullable:"false" doc:"What the caller lacks to make the change: it would be refused with exceeds_authority."`
}

// RoleShift is what a change of a role would do to one who holds it.
type RoleShift struct {
	ID        string      `json:"id" doc:"The member's ID."`
	Kind      string      `json:"kind" enum:"regular,external,api"`
	Status    string      `json:"status" enum:"invited,active,blocked"`
	Name      string      `json:"name"`
	Effective []api.Shift `json:"effective" nullable:"false"`
}

func previewed(p roles.Preview) RoleChanged {
	missing := api.List(authz.Keys(p.Missing))
	out := RoleChanged{Role: shown(p.Role), Preview: &RolePreview{
		Holding: p.Holding, Gaining: p.Gaining, Losing: p.Losing, Missing: missing,
		Holders: api.Each(p.Holders, func(h roles.Holder) RoleShift {
			return RoleShift{ID: string(h.Member), Kind: string(h.Kind), Status: string(h.Status), Name: h.Label, Effective: api.Each(h.Shifts, api.ShiftOf)}
		}),
	}}
	out.Holders = &p.Holding
	return out
}
