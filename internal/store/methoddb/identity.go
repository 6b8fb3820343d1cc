package methoddb

import (
	"context"

	"roster/internal/login"
	"roster/internal/roster"
	"roster/internal/store"
)

const identityColumns = `member_id, method_id, identifier, subject, invited_at, bound_at, unconfirmed`

func scanIdentity(row store.Row) (login.Identity, error) {
	var i login.Identity
	return i, row.Scan(&i.Member, &i.Method, &i.Identifier, &i.Subject, store.When(&i.InvitedAt), store.When(&i.BoundAt), &i.Unconfirmed)
}

// Of finds how a member comes in by a connection, if they do.
func Of(ctx context.Context, r store.Reader, org roster.OrgID, m roster.MemberID) (store.Found[login.Identity], error) {
	return store.One(ctx, r, scanIdentity, `SELECT `+identityColumns+` FROM identity WHERE org_id = $1 AND member_id = $2`, org, m)
}

// BySubject finds who came in before as a provider's subject.
func BySubject(ctx context.Context, r store.Reader, org roster.OrgID, method, subject string) (store.Found[login.Identity], error) {
	return store.One(ctx, r, scanIdentity, `SELECT `+identityColumns+` FROM identity WHERE org_id = $1 AND method_id = $2 AND subject = $3 AND subject <> ''`, org, method, subject)
}

// ByIdentifier finds who is meant by an identifier.
func ByIdentifier(ctx context.Context, r store.Reader, org roster.OrgID, method, identifier string) (store.Found[login.Identity], error) {
	return store.One(ctx, r, scanIdentity, `SELECT `+identityColumns+` FROM identity WHERE org_id = $1 AND method_id = $2 AND identifier = $3`, org, method, identifier)
}

// Comes is nil where a new member of the locked organisation can come in by a login method: e-mail and password when
// empty, or a connection that is ready, with what its provider calls them. Kind: Invalid (method_unknown,
// method_not_ready, at login_method; field_required, field_unknown, at identifier).
func Comes(ctx context.Context, tx *store.Tx, c roster.Coming) error {
	var bad roster.Problems
	if !c.Connected() {
		bad.Add("login_method", login.ByPassword(tx.Organisation()).Ready())
		if c.Identifier != "" {
			bad.Add("identifier", roster.Errorf(roster.Invalid, "field_unknown", "Who comes in by e-mail and password has no identifier."))
		}
		return bad.Err()
	}
	found, err := ByID(ctx, tx, tx.Org(), c.Method)
	if err != nil {
		return err
	}
	if !found.OK {
		bad.Add("login_method", roster.Errorf(roster.Invalid, "method_unknown", "There is no such login method here."))
	} else {
		bad.Add("login_method", found.Value.Ready())
	}
	_, err = login.CleanIdentifier(c.Identifier)
	bad.Add("identifier", err)
	return bad.Err()
}

// Expect keeps by which connection and identifier a new member will come in; nothing for e-mail and password. Kind:
// Conflict, code identifier_taken.
func Expect(ctx context.Context, tx *store.Tx, m roster.Member, c roster.Coming) error {
	if !c.Connected() {
		return nil
	}
	clean, err := login.CleanIdentifier(c.Identifier)
	if err != nil {
		return err
	}
	by, err := ByID(ctx, tx, m.Org, c.Method)
	if err != nil {
		return err
	}
	n, err := tx.Change(ctx, []roster.Change{
		{Of: m.Ref(), Field: "login_method", To: by.Value.Name},
		{Of: m.Ref(), Field: "identifier", To: clean},
	}, `INSERT INTO identity (org_id, member_id, method_id, identifier, subject, invited_at, bound_at) VALUES ($1, $2, $3, $4, '', $5, 0) ON CONFLICT DO NOTHING`,
		m.Org, m.ID, c.Method, clean, store.Micros(tx.At()))
	if err == nil && n == 0 {
		err = roster.Errorf(roster.Conflict, "identifier_taken", "Somebody here comes in by %s with this identifier already.", by.Value.Name).On("identifier")
	}
	return err
}

// Bind keeps the provider's own name for a member who came in. Kind: Conflict, code identity_taken, when it is
// somebody else's here.
func Bind(ctx context.Context, tx *store.Tx, m roster.Member, by login.Method, subject string) error {
	other, err := BySubject(ctx, tx, m.Org, by.ID, subject)
	if err != nil {
		return err
	}
	if other.OK && other.Value.Member != m.ID {
		return roster.Errorf(roster.Conflict, "identity_taken", "This account of %s belongs to somebody else here already.", by.Name)
	}
	tx.MovesWays()
	_, err = tx.Change(ctx, []roster.Change{{Of: m.Ref(), Field: "subject", To: subject}},
		`UPDATE identity SET subject = $1, bound_at = $2, unconfirmed = FALSE WHERE org_id = $3 AND member_id = $4`, subject, store.Micros(tx.At()), m.Org, m.ID)
	return err
}

// Connected tells whether a person is one whom an organisation manages and who comes in by its connection: they have one
// way in (decisions/038), and so a passkey is nothing but a second factor.
func Connected(ctx context.Context, r store.Reader, p roster.PersonID) (bool, error) {
	found, err := store.One(ctx, r, store.Scan[int], `SELECT 1 FROM person p JOIN member m ON m.org_id = p.managed_by AND m.person_id = p.id
		JOIN identity i ON i.org_id = m.org_id AND i.member_id = m.id WHERE p.id = $1 LIMIT 1`, p)
	return found.OK, err
}

// TakesPassword refuses a password for a member whom the organisation manages and who comes in by a connection. Kind:
// Conflict (comes_by_connection).
func TakesPassword(ctx context.Context, r store.Reader, p roster.Person, m roster.Member) error {
	if p.ManagedBy != m.Org {
		return nil
	}
	i, err := Of(ctx, r, m.Org, m.ID)
	if err == nil && i.OK {
		err = OneWay(m)
	}
	return err
}

// OneWay is the refusal of a password for a managed member who comes in by a connection: they have one way in
// (decisions/038).
func OneWay(m roster.Member) error {
	return roster.Errorf(roster.Conflict, "comes_by_connection", "%s comes in by a connection, and gets no password beside it. Change their login method to e-mail and password first.", m.Label())
}

// Drop forgets how a member came in, at the end of their membership.
func Drop(ctx context.Context, tx *store.Tx, m roster.Member) error {
	i, err := Of(ctx, tx, m.Org, m.ID)
	if err != nil || !i.OK {
		return err
	}
	tx.MovesWays()
	_, err = tx.Change(ctx, []roster.Change{{Of: m.Ref(), Field: "identifier", From: i.Value.Identifier}},
		`DELETE FROM identity WHERE org_id = $1 AND member_id = $2`, m.Org, m.ID)
	return err
}

// Unbind forgets the provider's names for everybody who came in by a connection: each is recognised by their
// identifier anew.
func Unbind(ctx context.Context, tx *store.Tx, by login.Method) error {
	tx.MovesWays()
	_, err := tx.Change(ctx, []roster.Change{{Of: by.Ref(), Field: "subject", From: "(all)"}},
		`UPDATE identity SET subject = '', bound_at = 0 WHERE org_id = $1 AND method_id = $2`, by.Org, by.ID)
	return err
}

func dropAll(ctx context.Context, tx *store.Tx, by login.Method) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: by.Ref(), Field: "identifier", From: "(all)"}},
		`DELETE FROM identity WHERE org_id = $1 AND method_id = $2`, by.Org, by.ID)
	return err
}

// Depending is how many rest on a login method.
type Depending struct {
	Members     int // who come in by it, blocked ones among them
	Invitations int // who were invited by it and have not come yet
}

// Dependents counts who rests on a login method of an organisation. On e-mail and password rests whoever has no connection that
// lets them in as it is now (as roledb.HasOwner judges), and nobody who has a connection and nothing else: it may be off or not
// tested, but no password of theirs ends, nor does one open their invitation.
func Dependents(ctx context.Context, r store.Reader, org roster.OrgID, method string) (Depending, error) {
	scan := func(row store.Row) (Depending, error) {
		var d Depending
		return d, row.Scan(&d.Members, &d.Invitations)
	}
	if method == roster.PasswordMethod {
		found, err := store.One(ctx, r, scan, `SELECT count(m.person_id), count(*) - count(m.person_id) FROM member m
			WHERE m.org_id = $1 AND m.kind <> 'api' AND m.status <> 'removed'
			AND NOT EXISTS (SELECT 1 FROM identity i JOIN login_method l ON l.org_id = i.org_id AND l.id = i.method_id WHERE i.org_id = m.org_id AND i.member_id = m.id
				AND (l.enabled AND l.tested_at > 0 AND i.subject <> '' AND NOT i.unconfirmed
				OR NOT EXISTS (SELECT 1 FROM credential c WHERE c.person_id = m.person_id AND (c.kind = 'password' OR c.kind = 'passkey' AND c.alone))))`, org)
		return found.Value, err
	}
	found, err := store.One(ctx, r, scan, `SELECT count(m.person_id), count(*) - count(m.person_id) FROM identity i
		JOIN member m ON m.org_id = i.org_id AND m.id = i.member_id WHERE i.org_id = $1 AND i.method_id = $2`, org, method)
	return found.Value, err
}

// EndSessions ends the sessions that a connection proved, alone or beside something else.
func EndSessions(ctx context.Context, tx *store.Tx, by login.Method) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: by.Ref(), Field: "sessions", From: "(all)"}},
		`DELETE FROM session WHERE person_id IN (SELECT m.person_id FROM identity i JOIN member m ON m.org_id = i.org_id AND m.id = i.member_id
		 WHERE i.org_id = $1 AND i.method_id = $2 AND m.person_id IS NOT NULL) AND proofs LIKE $3`, by.Org, by.ID, `%"`+by.ID+`"%`)
	return err
}
