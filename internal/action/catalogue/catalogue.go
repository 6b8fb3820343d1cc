// Package catalogue is the room of the catalogue: the scopes, permissions and mappings that the host
// product declares are shown here, compared with a new document, and replaced by it. What a catalogue
// is, and what follows from it, is authz's; what members hold of it is the team's and the roles'.
package catalogue

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/authz/question"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/cataloguedb"
)

// Room holds the use cases of the catalogue.
type Room struct{ gate *action.Gate }

// New makes the room.
func New(g *action.Gate) *Room { return &Room{g} }

// View is the catalogue as it is.
type View struct {
	*authz.Catalogue
	AppliedAt time.Time // zero while only Roster's own part is there
	AppliedBy string    // an actor's ID
}

// Show gives the catalogue as it is. For the operator, and product clients with catalogue.write.
func (r *Room) Show(ctx context.Context) (View, error) {
	return action.Look(ctx, r.gate, act.CatalogueShow, func(ctx context.Context, rd store.Reader) (View, error) {
		c, err := action.Catalogue(ctx, rd)
		if err != nil {
			return View{}, err
		}
		stored, err := cataloguedb.Load(ctx, rd)
		return View{Catalogue: c, AppliedAt: stored.AppliedAt, AppliedBy: stored.AppliedBy}, err
	})
}

// Applied is what applying a document did.
type Applied struct {
	Catalogue   *authz.Catalogue // as it is now
	Differences []Difference
	Changed     bool // false when the document said what was there already
}

// Apply makes a declaration the installation's. A document that says what is there already changes
// nothing. Kinds: Invalid with the fields at fault; Conflict (permission_in_use, scope_in_use) when a key
// would vanish that somebody holds, naming where.
func (r *Room) Apply(ctx context.Context, d authz.Declaration) (Applied, error) {
	document, err := json.Marshal(d)
	if err != nil {
		return Applied{}, fmt.Errorf("catalogue: %w", err)
	}
	on := roster.Ref{Kind: "catalogue", ID: "catalogue", Name: "Catalogue"}
	return action.Do(ctx, r.gate, act.CatalogueApply, on, func(ctx context.Context, tx *store.Tx) (Applied, error) {
		stored, err := cataloguedb.Take(ctx, tx)
		if err != nil {
			return Applied{}, err
		}
		was, err := action.Catalogue(ctx, tx)
		if err != nil {
			return Applied{}, err
		}
		is, err := build(stored.Version+1, d)
		if err != nil {
			return Applied{}, err
		}
		if same(was.Declaration(), document) {
			return Applied{Catalogue: was}, nil
		}
		differences := Compare(was, is)
		held, err := use(ctx, tx, differences, Removed)
		if err != nil {
			return Applied{}, err
		}
		if err := refuse(held); err != nil {
			return Applied{}, err
		}
		_, err = cataloguedb.Save(ctx, tx, stored, string(document), changes(on, differences))
		return Applied{Catalogue: is, Differences: differences, Changed: true}, err
	})
}

// same tells whether a document says, in the same order, what a declaration says.
func same(d authz.Declaration, document []byte) bool {
	present, err := json.Marshal(d)
	return err == nil && string(present) == string(document)
}

// changes gives the history's words for the differences: one for each key and field.
func changes(on roster.Ref, differences []Difference) []roster.Change {
	all := make([]roster.Change, 0, len(differences))
	for _, d := range differences {
		of := roster.Ref{Kind: d.What, ID: d.Key, Name: d.Key}
		switch d.Change {
		case Added:
			all = append(all, roster.Change{Of: of, Field: d.What, To: d.Key})
		case Removed:
			all = append(all, roster.Change{Of: of, Field: d.What, From: d.Key})
		default:
			all = append(all, roster.Change{Of: of, Field: d.Field, From: d.From, To: d.To})
		}
	}
	if len(all) == 0 { // the same things in another order
		all = append(all, roster.Change{Of: on, Field: "order", To: "(changed)"})
	}
	return all
}

// refuse says where keys that would vanish are held.
func refuse(held []cataloguedb.Use) error {
	if len(held) == 0 {
		return nil
	}
	code, keys, places := "scope_in_use", map[string]bool{}, make([]string, 0, len(held))
	var names []string
	for _, u := range held {
		if u.Permission != "" {
			code = "permission_in_use"
		}
		if key := u.Permission + u.Scope; !keys[key] {
			keys[key], names = true, append(names, key)
		}
		places = append(places, where(u))
	}
	e := roster.Errorf(roster.Conflict, code, "%s cannot leave the catalogue while somebody holds it: %s. Take it away there first, or keep it in the document.",
		list(names, mostNamed), list(places, mostNamed)).On("catalogue")
	e.Holders = places
	return e
}

// mostNamed bounds how many things a sentence names.
const mostNamed = 5

// where tells in a few words who holds a key.
func where(u cataloguedb.Use) string {
	what := u.Permission + u.Scope
	if u.Role != "" {
		return fmt.Sprintf("%s in the role %s of %s (%s)", what, u.RoleName, u.OrgName, members(u.Members))
	}
	return fmt.Sprintf("%s given to %s of %s", what, members(u.Members), u.OrgName)
}

func members(n int) string {
	if n == 1 {
		return "1 member"
	}
	return fmt.Sprintf("%d members", n)
}

// list names the first few, and how many more there are.
func list(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// build makes a version of the catalogue, whose mappings name places and values that questions can have.
// Kind: Invalid with the fields at fault.
func build(version int64, d authz.Declaration) (*authz.Catalogue, error) {
	c, err := authz.NewCatalogue(version, d)
	if err == nil {
		_, err = question.Compile(c)
	}
	return c, err
}
