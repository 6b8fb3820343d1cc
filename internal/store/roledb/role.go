package roledb

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"roster/internal/query"
	"roster/internal/roster"
	"roster/internal/store"
)

const roleColumns = `r.id, r.key, r.name, r.description, r.built_in, r.members, r.created_at, r.created_by, r.updated_at, r.updated_by, r.version`

func roleFields(v *roster.Role) []any {
	return []any{
		&v.ID, &v.Key, &v.Name, &v.Description, &v.BuiltIn, &v.For, store.When(&v.CreatedAt), &v.CreatedBy,
		store.When(&v.UpdatedAt), &v.UpdatedBy, &v.Version,
	}
}

// Roles gives an organisation's roles: built-in ones first, which are kept without their content, then its own
// by name, with theirs.
func Roles(ctx context.Context, r store.Reader, org roster.OrgID) ([]roster.Role, error) {
	return roles(ctx, r, `r.org_id = $1`, org)
}

// RoleByID finds a role by its ID or key; a built-in one comes without content.
func RoleByID(ctx context.Context, r store.Reader, org roster.OrgID, id string) (store.Found[roster.Role], error) {
	all, err := roles(ctx, r, `r.org_id = $1 AND (r.id = $2 OR r.key = $2)`, org, id)
	if err != nil || len(all) == 0 {
		return store.Found[roster.Role]{}, err
	}
	return store.Found[roster.Role]{Value: all[0], OK: true}, nil
}

// roles reads roles, a row for each with each of its items.
func roles(ctx context.Context, r store.Reader, where string, args ...any) ([]roster.Role, error) {
	var all []roster.Role
	err := store.Each(ctx, r, func(row store.Row) error {
		var v roster.Role
		var permission, scope string
		if err := row.Scan(append(roleFields(&v), &permission, &scope)...); err != nil {
			return err
		}
		if len(all) == 0 || all[len(all)-1].ID != v.ID {
			all = append(all, v)
		}
		hold(&all[len(all)-1], permission, scope)
		return nil
	}, `SELECT `+roleColumns+`, COALESCE(i.permission, ''), COALESCE(i.scope, '') FROM role r
	    LEFT JOIN role_item i ON i.org_id = r.org_id AND i.role_id = r.id WHERE `+where+` ORDER BY r.built_in DESC, r.name_folded, r.id`, args...)
	for i := range all {
		slices.Sort(all[i].Permissions) // as Go orders them, whatever the database's locale
		slices.Sort(all[i].Scopes)
	}
	return all, err
}

func hold(v *roster.Role, permission, scope string) {
	if permission != "" {
		v.Permissions = append(v.Permissions, permission)
	}
	if scope != "" {
		v.Scopes = append(v.Scopes, scope)
	}
}

// free is nil when no other role has the name, whatever its case and accents.
func free(ctx context.Context, tx *store.Tx, v roster.Role) error {
	other, err := store.One(ctx, tx, store.Scan[string], `SELECT name FROM role WHERE org_id = $1 AND name_folded = $2 AND id <> $3`, tx.Org(), roster.Fold(v.Name), v.ID)
	if err == nil && other.OK {
		err = roster.Errorf(roster.Conflict, "role_name_taken", "There is a role named %s already. Take another name.", other.Value).On("name")
	}
	return err
}

// InsertRole keeps a new role, with its content if it is the organisation's own. Kind: Conflict, code
// role_name_taken, when another role has the name, whatever its case. Its key must be free.
func InsertRole(ctx context.Context, tx *store.Tx, v roster.Role) error {
	if err := free(ctx, tx, v); err != nil {
		return err
	}
	_, err := tx.Change(ctx, texts(roster.Role{}, v),
		`INSERT INTO role (org_id, id, key, name, name_folded, description, built_in, members, created_at, created_by, updated_at, updated_by, version)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $9, $10, 1)`,
		tx.Org(), v.ID, v.Key, v.Name, roster.Fold(v.Name), v.Description, v.BuiltIn, v.For, store.Micros(tx.At()), roster.ActorFrom(ctx).ID())
	if err != nil || v.BuiltIn {
		return err
	}
	v.CreatedAt, v.CreatedBy, v.Version = tx.At(), roster.ActorFrom(ctx).ID(), 1
	tx.Role(nil, &v)
	return items(ctx, tx, roster.Role{ID: v.ID}, v)
}

// UpdateRole keeps a change of one of the organisation's own roles: name, description, whose it may be, content.
// Kind: Conflict, code role_name_taken, or changed_meanwhile when was is not what is kept.
func UpdateRole(ctx context.Context, tx *store.Tx, was, now roster.Role) (roster.Role, error) {
	if err := free(ctx, tx, now); err != nil {
		return was, err
	}
	diff := texts(was, now)
	if len(diff) == 0 && len(contents(was, now)) == 0 {
		return was, nil
	}
	now.UpdatedAt, now.UpdatedBy, now.Version = tx.At(), roster.ActorFrom(ctx).ID(), was.Version+1
	if len(diff) == 0 {
		diff = []roster.Change{{Of: now.Ref(), Field: "version", From: strconv.FormatInt(was.Version, 10), To: strconv.FormatInt(now.Version, 10)}}
	}
	n, err := tx.Change(ctx, diff,
		`UPDATE role SET name = $1, name_folded = $2, description = $3, members = $4, updated_at = $5, updated_by = $6, version = $7
		 WHERE org_id = $8 AND id = $9 AND version = $10 AND NOT built_in`,
		now.Name, roster.Fold(now.Name), now.Description, now.For, store.Micros(now.UpdatedAt), now.UpdatedBy, now.Version, tx.Org(), was.ID, was.Version)
	switch {
	case err != nil:
		return was, err
	case n != 1:
		return was, store.ErrStale()
	}
	tx.Role(&was, &now)
	return now, items(ctx, tx, was, now)
}

// DeleteRole ends one of the organisation's own roles, with what is left of it that has no effect: grants that
// have ended and those of removed members. Kinds: Conflict, code role_in_use, when a grant of it is in effect,
// or changed_meanwhile when was is not what is kept.
func DeleteRole(ctx context.Context, tx *store.Tx, was roster.Role) error {
	if err := dropEnded(ctx, tx, was); err != nil {
		return err
	}
	if err := items(ctx, tx, was, roster.Role{ID: was.ID, Name: was.Name}); err != nil {
		return err
	}
	n, err := tx.Change(ctx, []roster.Change{{Of: was.Ref(), Field: "name", From: was.Name}},
		`DELETE FROM role WHERE org_id = $1 AND id = $2 AND version = $3 AND NOT built_in`, tx.Org(), was.ID, was.Version)
	if err == nil && n != 1 {
		err = store.ErrStale()
	}
	tx.Role(&was, nil)
	return err
}

// dropEnded drops a role's grants without effect. Nobody loses anything.
func dropEnded(ctx context.Context, tx *store.Tx, v roster.Role) error {
	var changes []roster.Change
	err := store.Each(ctx, tx, func(row store.Row) error {
		var m roster.Member
		g := roster.Grant{Role: v.ID}
		err := row.Scan(&m.ID, &m.Status, &m.Name, &m.Email.Typed, store.Text(&g.Unit), store.When(&g.Until))
		if err == nil && g.Live(tx.At()) && m.Status != roster.Removed {
			err = roster.Errorf(roster.Conflict, "role_in_use", "%s holds this role. Take it from everyone first.", m.Label())
		}
		changes = append(changes, roster.Change{Of: m.Ref(), Field: "grant", From: describe(g)})
		tx.Reread(m.ID)
		return err
	}, `SELECT m.id, m.status, m.name, m.email, g.unit_id, g.until_at FROM member_grant g JOIN member m ON m.org_id = g.org_id AND m.id = g.member_id
	    WHERE g.org_id = $1 AND g.role_id = $2`, tx.Org(), v.ID)
	if err != nil || len(changes) == 0 {
		return err
	}
	_, err = tx.Change(ctx, changes, `DELETE FROM member_grant WHERE org_id = $1 AND role_id = $2`, tx.Org(), v.ID)
	return err
}

// texts lists in what two states of a role differ but its content.
func texts(was, now roster.Role) []roster.Change {
	var all []roster.Change
	add := func(field, from, to string) {
		if from != to {
			all = append(all, roster.Change{Of: now.Ref(), Field: field, From: from, To: to})
		}
	}
	add("name", was.Name, now.Name)
	add("description", was.Description, now.Description)
	add("for", string(was.For), string(now.For))
	if !now.BuiltIn && was.Key == "" { // a key never changes, and a built-in role's is its ID
		add("key", was.Key, now.Key)
	}
	return all
}

// contents lists the permissions and scopes that a role loses and gains.
func contents(was, now roster.Role) []roster.Change {
	var all []roster.Change
	for _, k := range []kind{permissions(was, now), scopes(was, now)} {
		all = append(all, k.lost(now.Ref())...)
		all = append(all, k.gained(now.Ref())...)
	}
	return all
}

// kind is the permissions or the scopes of a role, before and after.
type kind struct {
	name     string
	was, now []string
}

func permissions(was, now roster.Role) kind {
	return kind{"permission", was.Permissions, now.Permissions}
}

func scopes(was, now roster.Role) kind { return kind{"scope", was.Scopes, now.Scopes} }

func (k kind) lost(of roster.Ref) (all []roster.Change) {
	for _, key := range without(k.was, k.now) {
		all = append(all, roster.Change{Of: of, Field: k.name, From: key})
	}
	return all
}

func (k kind) gained(of roster.Ref) (all []roster.Change) {
	for _, key := range without(k.now, k.was) {
		all = append(all, roster.Change{Of: of, Field: k.name, To: key})
	}
	return all
}

// without gives what stands in all and not in others, each once and in order.
func without(all, others []string) []string {
	left := slices.DeleteFunc(slices.Clone(all), func(key string) bool { return slices.Contains(others, key) })
	slices.Sort(left)
	return slices.Compact(left)
}

// items keeps a role's content.
func items(ctx context.Context, tx *store.Tx, was, now roster.Role) error {
	for _, k := range []kind{permissions(was, now), scopes(was, now)} {
		for lost := range slices.Chunk(k.lost(now.Ref()), perStatement) {
			q := &query.Conditions{}
			q.Add("org_id = %s AND role_id = %s", tx.Org(), now.ID)
			q.AddIn(k.name, query.Anys(keys(lost)))
			if _, err := tx.Change(ctx, lost, `DELETE FROM role_item WHERE `+q.Text(), q.Args()...); err != nil {
				return err
			}
		}
		for gained := range slices.Chunk(k.gained(now.Ref()), perStatement) {
			args := []any{tx.Org(), now.ID, ""}
			var rows []string
			for _, key := range keys(gained) {
				args = append(args, key)
				at := fmt.Sprintf("$%d", len(args))
				if k.name == "permission" {
					rows = append(rows, "($1, $2, "+at+", $3)")
				} else {
					rows = append(rows, "($1, $2, $3, "+at+")")
				}
			}
			if _, err := tx.Change(ctx, gained, `INSERT INTO role_item (org_id, role_id, permission, scope) VALUES `+strings.Join(rows, ", "), args...); err != nil {
				return err
			}
		}
	}
	return nil
}

func keys(changes []roster.Change) []string {
	all := make([]string, len(changes))
	for i, c := range changes {
		all[i] = c.From + c.To
	}
	return all
}

// Holder is a member with a grant of a role.
type Holder struct {
	Member roster.Member // as far as a list shows it: ID, kind, status, unit, name, address, client ID, picture
	Grant  roster.Grant
	Sort   []byte
}

// HolderKey is a holder's place in the list.
type HolderKey struct {
	Name   []byte
	Member roster.MemberID
	Grant  string
}

// Key gives the holder's place, to go on from.
func (h Holder) Key() *HolderKey {
	return &HolderKey{Name: h.Sort, Member: h.Member.ID, Grant: h.Grant.ID}
}

// HolderFilter chooses who holds a role.
type HolderFilter struct {
	Org   roster.OrgID
	Role  string    // its ID
	At    time.Time // grants that have ended by then are left out; zero for all
	After *HolderKey
	Limit int
}

// Holders gives one page of those who hold a role, removed members left out, by name; a member once for each grant.
func Holders(ctx context.Context, r store.Reader, f HolderFilter) ([]Holder, error) {
	q := &query.Conditions{}
	q.Add("g.org_id = %s AND g.role_id = %s AND m.status <> 'removed'", f.Org, f.Role)
	if !f.At.IsZero() {
		q.Add("(g.until_at = 0 OR g.until_at > %s)", store.Micros(f.At))
	}
	if f.After != nil {
		q.Add("(m.sort_name, m.id, g.id) > (%s, %s, %s)", f.After.Name, f.After.Member, f.After.Grant)
	}
	limit := q.Arg(f.Limit)
	return store.All(ctx, r, func(row store.Row) (Holder, error) {
		h := Holder{Member: roster.Member{Org: f.Org}, Grant: roster.Grant{Role: f.Role}}
		err := row.Scan(&h.Sort, &h.Member.ID, &h.Member.Kind, &h.Member.Status, store.Text(&h.Member.Unit), &h.Member.Name, &h.Member.Email.Typed, &h.Member.ClientID, &h.Member.Picture,
			&h.Grant.ID, store.Text(&h.Grant.Unit), store.When(&h.Grant.Until), &h.Grant.GivenBy, store.When(&h.Grant.GivenAt))
		h.Grant.Member = h.Member.ID
		return h, err
	}, `SELECT m.sort_name, m.id, m.kind, m.status, m.unit_id, m.name, m.email, m.client_id, m.picture, g.id, g.unit_id, g.until_at, g.given_by, g.given_at
	    FROM member_grant g JOIN member m ON m.org_id = g.org_id AND m.id = g.member_id WHERE `+q.Text()+` ORDER BY m.sort_name, m.id, g.id LIMIT `+limit, q.Args()...)
}

// CountHolders gives how many members hold each role of an organisation at a moment, by the role's ID; removed
// members are not counted, and roles that nobody holds are left out.
func CountHolders(ctx context.Context, r store.Reader, org roster.OrgID, at time.Time) (map[string]int, error) {
	type count struct {
		role    string
		members int
	}
	all, err := store.All(ctx, r, func(row store.Row) (count, error) {
		var c count
		return c, row.Scan(&c.role, &c.members)
	}, `SELECT g.role_id, count(DISTINCT g.member_id) FROM member_grant g JOIN member m ON m.org_id = g.org_id AND m.id = g.member_id AND m.status <> 'removed'
	    WHERE g.org_id = $1 AND g.role_id IS NOT NULL AND (g.until_at = 0 OR g.until_at > $2) GROUP BY g.role_id`, org, store.Micros(at))
	counts := make(map[string]int, len(all))
	for _, c := range all {
		counts[c.role] = c.members
	}
	return counts, err
}
