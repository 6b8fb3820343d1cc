package client

import (
	"context"
	"iter"
	"net/http"
	"time"
)

// Roles are the bundles of permissions and scopes that members hold.
type Roles struct{ o *Org }

// Role is a role, and whether this client can give it.
type Role struct {
	ID          string    `json:"id"`
	Key         string    `json:"key"`
	Name        string    `json:"name"`
	Description string    `json:"description"`
	BuiltIn     bool      `json:"built_in"`
	For         string    `json:"for"` // any, external or api
	Permissions []string  `json:"permissions"`
	Scopes      []string  `json:"scopes"`
	Holders     *int      `json:"holders"` // nil for who does not see the whole team
	CanGrant    bool      `json:"can_grant"`
	Missing     []string  `json:"missing"` // what this client lacks to give it
	CreatedAt   time.Time `json:"created_at"`
	CreatedBy   string    `json:"created_by"`
	UpdatedAt   time.Time `json:"updated_at"`
	UpdatedBy   string    `json:"updated_by"`
	ETag        string    `json:"etag"`
	Allowed     []string  `json:"allowed"`
}

// List walks the roles, built-in ones too.
func (r Roles) List(ctx context.Context) iter.Seq2[Role, error] {
	return func(yield func(Role, error) bool) {
		p, err := get[page[Role]](ctx, r.o, nil, "roles")
		if err != nil {
			yield(Role{}, err)
			return
		}
		for _, one := range p.Items {
			if !yield(one, nil) {
				return
			}
		}
	}
}

// Show gives a role by its ID or key.
func (r Roles) Show(ctx context.Context, id string) (Role, error) {
	return get[Role](ctx, r.o, nil, "roles", id)
}

// NewRole is what a new role is made of: a name that no other has, a description, at least one permission.
type NewRole struct {
	Name        string   `json:"name"`
	Description string   `json:"description"`
	For         string   `json:"for,omitempty"`
	Permissions []string `json:"permissions"`
	Scopes      []string `json:"scopes,omitempty"`
}

// Create makes a role of the organisation's own.
func (r Roles) Create(ctx context.Context, n NewRole) (Role, error) {
	return put[Role](ctx, r.o, change{method: http.MethodPost, in: n}, "roles")
}

// RoleEdit is what of a role is to be edited: nil leaves a field.
type RoleEdit struct {
	Name        *string   `json:"name,omitempty"`
	Description *string   `json:"description,omitempty"`
	For         *string   `json:"for,omitempty"`
	Permissions *[]string `json:"permissions,omitempty"`
	Scopes      *[]string `json:"scopes,omitempty"`
}

// Edit changes a role as it was read.
func (r Roles) Edit(ctx context.Context, read Role, e RoleEdit) (Role, error) {
	return put[Role](ctx, r.o, change{method: http.MethodPatch, match: read.ETag, in: e}, "roles", read.ID)
}

// Delete deletes a role that nobody holds: else code role_in_use, with Holders.
func (r Roles) Delete(ctx context.Context, id string) error {
	_, err := put[struct{}](ctx, r.o, change{method: http.MethodDelete}, "roles", id)
	return err
}
