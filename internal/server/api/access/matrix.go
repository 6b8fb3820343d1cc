package access

import (
	"maps"
	"slices"

	rooms "roster/internal/action/access"
	"roster/internal/roster"
	"roster/internal/server/api"
)

// Matrix is who holds something where: a page of people against a page of customer accounts.
type Matrix struct {
	Units          []api.Place    `json:"units" nullable:"false"`
	NextUnitCursor *string        `json:"next_unit_cursor" doc:"Where the next customer accounts begin; null on the last page."`
	People         []MatrixPerson `json:"people" nullable:"false"`
	NextCursor     *string        `json:"next_cursor" doc:"Where the next people begin; null on the last page."`
	Roles          []MatrixRole   `json:"roles" nullable:"false" doc:"The roles that are named."`
	Allowed        []string       `json:"allowed" nullable:"false" doc:"The actions that the caller may do at this address now."`
}

// MatrixPerson is one line of the matrix.
type MatrixPerson struct {
	Subject
	Everywhere []api.Grant   `json:"everywhere" nullable:"false" doc:"What is held on the whole organisation, as far as the caller sees it."`
	Cells      [][]api.Grant `json:"cells" nullable:"false" doc:"For each of units, in their order, the grants that reach it: at it or above."`
}

// MatrixRole is a role by its ID.
type MatrixRole struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func matrixOf(m rooms.Matrix) Matrix {
	return Matrix{
		Units: api.Each(m.Units, api.PlaceOf), NextUnitCursor: api.Text(m.NextUnit), NextCursor: api.Text(m.Next),
		People: api.Each(m.People, func(p rooms.Person) MatrixPerson {
			return MatrixPerson{Subject: subjectOf(p.Member), Everywhere: api.GrantsOf(p.Everywhere), Cells: api.Each(p.Cells, func(of []roster.Grant) []api.Grant { return api.GrantsOf(of) })}
		}),
		Roles: api.Each(slices.Sorted(maps.Keys(m.Roles)), func(id string) MatrixRole { return MatrixRole{id, m.Roles[id]} }),
	}
}
