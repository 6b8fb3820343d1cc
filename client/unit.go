package client

import (
	"context"
	"iter"
	"net/http"
	"time"
)

// Units are the customer accounts of an organisation, and the groups in them.
type Units struct{ o *Org }

// Unit is a customer account or a group.
type Unit struct {
	ID         string    `json:"id"`
	ExternalID string    `json:"external_id"` // what the host product calls it
	Kind       string    `json:"kind"`        // account or group
	Name       string    `json:"name"`
	Parent     string    `json:"parent"` // empty below the organisation
	Path       []Place   `json:"path"`   // what it stands in, from the top
	Archived   bool      `json:"archived"`
	ArchivedAt time.Time `json:"archived_at"`
	Children   int       `json:"children"`
	Members    int       `json:"members"`
	CreatedAt  time.Time `json:"created_at"`
	CreatedBy  string    `json:"created_by"`
	UpdatedAt  time.Time `json:"updated_at"`
	UpdatedBy  string    `json:"updated_by"`
	ETag       string    `json:"etag"`
	Allowed    []string  `json:"allowed"`
}

// Place is a unit as other things name it.
type Place struct {
	ID         string `json:"id"`
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	ExternalID string `json:"external_id"`
}

// UnitFilter chooses units of a list: without words, those directly below Parent; with words, all below it.
type UnitFilter struct {
	Words    string
	Parent   string // ID or external ID; empty for the top
	Archived bool   // archived ones too
}

// List walks units.
func (u Units) List(ctx context.Context, f UnitFilter) iter.Seq2[Unit, error] {
	query := asked("q", f.Words, "parent", f.Parent)
	if f.Archived {
		query.Set("archived", "true")
	}
	return pages[Unit](ctx, u.o.c, call{path: api + u.o.path("units"), query: query, org: u.o})
}

// Show gives a unit by its ID.
func (u Units) Show(ctx context.Context, id string) (Unit, error) {
	return get[Unit](ctx, u.o, nil, "units", id)
}

// NewUnit is what a new unit is made of.
type NewUnit struct {
	Kind       string `json:"kind,omitempty"` // account when empty, or group
	Name       string `json:"name"`
	ExternalID string `json:"external_id,omitempty"`
	Parent     string `json:"parent,omitempty"` // ID or external ID
}

// Create makes a unit.
func (u Units) Create(ctx context.Context, n NewUnit) (Unit, error) {
	return put[Unit](ctx, u.o, change{method: http.MethodPost, in: n}, "units")
}

// UnitEdit is what of a unit is to be edited: nil leaves a field, an empty external ID clears it.
type UnitEdit struct {
	Name       *string `json:"name,omitempty"`
	ExternalID *string `json:"external_id,omitempty"`
}

// Edit changes a unit as it was read.
func (u Units) Edit(ctx context.Context, read Unit, e UnitEdit) (Unit, error) {
	return put[Unit](ctx, u.o, change{method: http.MethodPatch, match: read.ETag, in: e}, "units", read.ID)
}

// Move puts a unit, as it was read, with all below it to another place: a unit's ID or external ID, empty for below
// the organisation. This client needs the authority over everything that this gives and takes.
func (u Units) Move(ctx context.Context, read Unit, parent string) (Unit, error) {
	in := struct {
		Parent *string `json:"parent"`
	}{}
	if parent != "" {
		in.Parent = &parent
	}
	return put[Unit](ctx, u.o, change{method: http.MethodPatch, match: read.ETag, in: in}, "units", read.ID)
}

// Archive takes a unit out of the lists with all below it: nothing new is made or given there.
func (u Units) Archive(ctx context.Context, id string) (Unit, error) {
	return put[Unit](ctx, u.o, change{method: http.MethodPost}, "units", id, "archive")
}

// Restore takes an archived unit back.
func (u Units) Restore(ctx context.Context, id string) (Unit, error) {
	return put[Unit](ctx, u.o, change{method: http.MethodPost}, "units", id, "restore")
}
