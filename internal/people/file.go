// Package people reads and writes the file that describes who and what an organisation has: customer accounts, roles and
// members with what they hold, as YAML, JSON or CSV. What it says is checked for its form alone; whether it can be done, and
// what it changes, is the rooms'. No secret stands in such a file.
package people

import (
	"time"

	"roster/internal/roster"
)

// Bounds of a file.
const (
	MostBytes = 10 << 20
	MostItems = 10_000
	// mostMarks bounds how many values a file may have, and so the memory that reading it takes.
	mostMarks = 500_000
)

// File is what a file says. What it does not name stays as it is, but for members where Prune is set. A field that is nil
// is not named; one that is empty is cleared.
type File struct {
	Prune   Prune
	Units   []Unit
	Roles   []Role
	Members []Member
	Sum     string // of its bytes (SHA-256, hex)
	Name    string // what it is called, where that is known
}

// Prune is what becomes of members whom the file does not name.
type Prune string

// The answers: nothing when empty.
const (
	PruneBlock  Prune = "block"
	PruneRemove Prune = "remove"
)

// Items gives how many things the file describes.
func (f File) Items() int { return len(f.Units) + len(f.Roles) + len(f.Members) }

// Unit is a customer account or a group, found by its ID, else by its external ID.
type Unit struct {
	Line       int
	ID         string
	ExternalID *string
	Kind       *string
	Name       *string
	Parent     *string // an ID or external ID; empty for the top
	Archived   *bool
}

// Role is a role of the organisation's own, found by its ID, else by its key.
type Role struct {
	Line        int
	ID          string
	Key         string
	Name        *string
	Description *string
	For         *string
	Permissions *[]string
	Scopes      *[]string
	Removed     bool
}

// Member is a member, found by ID, else by external ID, else by address or client ID.
type Member struct {
	Line       int
	ID         string
	ExternalID *string
	Email      string
	ClientID   string
	Kind       *string
	FirstName  *string
	LastName   *string
	Name       *string // an API user's
	Phone      *string
	Unit       *string    // an external user's
	Ends       *time.Time // when an API user's time is over; the zero time for never
	Blocked    *bool
	Removed    bool
	Grants     *[]Grant // all of them
}

// Grant is what a member holds: exactly one of role, permission and scope.
type Grant struct {
	Role       string
	Permission string
	Scope      string
	Unit       string
	Until      time.Time
}

// Format is a kind of file.
type Format string

// The formats there are.
const (
	YAML Format = "yaml"
	JSON Format = "json"
	CSV  Format = "csv"
)

// Formats gives them all.
func Formats() []Format { return []Format{YAML, JSON, CSV} }

// ParseFormat reads a format's name. Kind: Invalid, code format_unknown.
func ParseFormat(name string) (Format, error) {
	switch f := Format(name); f {
	case YAML, JSON, CSV:
		return f, nil
	}
	return "", roster.Errorf(roster.Invalid, "format_unknown", "A format is yaml, json or csv.").On("format")
}

// Media gives the format's media type.
func (f Format) Media() string {
	switch f {
	case JSON:
		return "application/json"
	case CSV:
		return "text/csv; charset=utf-8"
	}
	return "application/yaml"
}
