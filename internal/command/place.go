package command

import (
	"maps"
	"slices"

	"roster/internal/roster"
)

// Unit is what --json tells of a customer account where other things name it.
type Unit struct {
	ID         roster.UnitID   `json:"id"`
	Kind       roster.UnitKind `json:"kind"`
	Name       string          `json:"name"`
	ExternalID *string         `json:"external_id"`
}

// UnitsOf tells of customer accounts.
func UnitsOf(all []roster.Unit) []Unit {
	docs := make([]Unit, len(all))
	for i, u := range all {
		docs[i] = Unit{u.ID, u.Kind, u.Name, Text(u.ExternalID)}
	}
	return docs
}

// UnitsNamed tells of the customer accounts that an answer names.
func UnitsNamed(all map[roster.UnitID]roster.Unit) []Unit {
	units := make([]roster.Unit, 0, len(all))
	for _, id := range slices.Sorted(maps.Keys(all)) {
		units = append(units, all[id])
	}
	return UnitsOf(units)
}

// Subject is what --json tells of a member where other things name them.
type Subject struct {
	ID     roster.MemberID   `json:"id"`
	Kind   roster.MemberKind `json:"kind"`
	Status roster.Status     `json:"status"`
	Name   string            `json:"name"`
	Email  *string           `json:"email"`
}

// SubjectOf tells of a member.
func SubjectOf(m roster.Member) Subject {
	return Subject{m.ID, m.Kind, m.Status, m.Label(), Text(m.Email.Typed)}
}
