package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Catalogue is what the host product declares of itself, for product clients with catalogue.write.
type Catalogue struct{ c *Client }

// Declaration is the host product's part of the catalogue.
type Declaration struct {
	Scopes      []Scope      `json:"scopes,omitempty"`
	Permissions []Permission `json:"permissions,omitempty"`
	Mappings    []Mapping    `json:"mappings,omitempty"`
}

// Scope is an area of the product.
type Scope struct {
	Key         string `json:"key"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
}

// Permission is a right to do something; where it names a scope, it works only where that is held too.
type Permission struct {
	Key         string `json:"key"` // area.verb
	Scope       string `json:"scope,omitempty"`
	Kind        string `json:"kind"` // read, write or irreversible
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
}

// Mapping tells which permission a question asks for, and where. The first that fits decides.
type Mapping struct {
	Action       string         `json:"action"`
	ResourceType string         `json:"resource_type,omitempty"`
	When         map[string]any `json:"when,omitempty"`
	Own          string         `json:"own,omitempty"`
	Permission   string         `json:"permission"`
	UnitFrom     string         `json:"unit_from,omitempty"`
}

// Declared is the catalogue as it is.
type Declared struct {
	Version     int64        `json:"version"`
	AppliedAt   time.Time    `json:"applied_at"`
	AppliedBy   string       `json:"applied_by"`
	Declaration Declaration  `json:"declaration"` // the host product's part
	Scopes      []Scope      `json:"scopes"`      // all of them, Roster's own first
	Permissions []Permission `json:"permissions"` // likewise
	Allowed     []string     `json:"allowed"`
}

// Applied is what a declaration did, or would do.
type Applied struct {
	Version     int64        `json:"version"`
	Changed     bool         `json:"changed"` // false when it said what was there already
	Differences []Difference `json:"differences"`
	Plan        *Plan        `json:"plan"` // of Plan alone
}

// Difference is one thing in which a declaration differs from the one before.
type Difference struct {
	What   string `json:"what"` // scope, permission or mapping
	Key    string `json:"key"`
	Change string `json:"change"` // added, removed or changed
	Field  string `json:"field"`
	From   string `json:"from"`
	To     string `json:"to"`
}

// Plan is who is touched by a declaration.
type Plan struct {
	InTheWay []Use   `json:"in_the_way"` // who holds what would vanish: while there are any, it is refused
	Touched  []Use   `json:"touched"`    // who holds what would change
	BuiltIn  []Shift `json:"built_in"`   // what built-in roles would hold more and less
	Moved    []Move  `json:"moved"`      // whose access would change though nobody gave or took anything
}

// Use is where a permission or scope is held.
type Use struct {
	Permission   string `json:"permission"`
	Scope        string `json:"scope"`
	Organisation string `json:"organisation"`
	Role         string `json:"role"` // empty where it is given by itself
	RoleName     string `json:"role_name"`
	Members      int    `json:"members"`
}

// Shift is what a built-in role would hold more and less.
type Shift struct {
	Role  string   `json:"role"`
	Gains []string `json:"gains"`
	Loses []string `json:"loses"`
}

// Move is how many members of an organisation could do more or less than now.
type Move struct {
	Organisation string   `json:"organisation"`
	Members      int      `json:"members"`
	Names        []string `json:"names"` // of a few of them
}

// Show gives the catalogue.
func (s Catalogue) Show(ctx context.Context) (Declared, error) {
	var out Declared
	err := s.c.do(ctx, call{method: http.MethodGet, path: api + "/catalogue", out: &out})
	return out, err
}

// Apply declares the product's part: what is not in it any more vanishes. Codes: permission_in_use and scope_in_use
// where somebody holds what would.
func (s Catalogue) Apply(ctx context.Context, d Declaration) (Applied, error) {
	return s.put(ctx, d, false)
}

// Plan tells what Apply would do, and changes nothing.
func (s Catalogue) Plan(ctx context.Context, d Declaration) (Applied, error) {
	return s.put(ctx, d, true)
}

func (s Catalogue) put(ctx context.Context, d Declaration, dry bool) (Applied, error) {
	var out Applied
	k := call{method: http.MethodPut, path: api + "/catalogue", in: d, out: &out}
	if dry {
		k.query, k.reads = url.Values{"dry_run": {"true"}}, true
	}
	err := s.c.do(ctx, k)
	return out, err
}
