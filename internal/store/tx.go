package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"roster/internal/query"
	"roster/internal/roster"
	"roster/internal/told"
)

// Book names a table of bookkeeping, on which no right, rule or person's data rests. The list is whole; a test holds it.
type Book string

// The tables of bookkeeping, each with the reason why it is one.
const (
	BookAttempt     Book = "attempt"         // tries at a secret: counted even when the act is refused
	BookJob         Book = "job"             // what follows from the history, and how far it got
	BookLink        Book = "invitation_link" // hashes of mailed secrets: made when a letter leaves
	BookClock       Book = "invitation"      // the first hand-over of a letter starts the clock; when its page was opened, at most once a minute
	BookWord        Book = "member_word"     // derived from the member, whose change is in the history
	BookPlace       Book = "member_place"    // derived from members, grants and units, whose changes are in the history
	BookIdempotency Book = "idempotency"     // answers kept for repeated requests
	BookSession     Book = "session"         // when a session was last seen, at most once a minute; those of a portal's links, which the history has
	BookEntry       Book = "session_entry"   // when a session was used in an organisation, at most once a minute
	BookSeen        Book = "member"          // when a member was last seen and how many tokens it was given, at most once a minute; that its end was told of
	BookUsed        Book = "api_secret"      // when a secret or key was last used, at most once a minute
	BookToken       Book = "revoked_token"   // tokens that ended early, and client assertions that were used: each once
	BookKey         Book = "signing_key"     // the first key, made by the installation for itself; and keys all of whose tokens have ended
	BookReplica     Book = "replica"         // servers that run
	BookRefusal     Book = "refusal"         // refusals waiting to become a line of the history
	BookUnitWord    Book = "unit_word"       // derived from the unit, whose change is in the history
	BookNotice      Book = "notice"          // positions that servers have yet to see: the history's own, told aloud
	BookApplied     Book = "applied"         // how far servers have seen them
	BookView        Book = "view"            // how somebody looks at a list: their own, and no right rests on it
	BookFlow        Book = "login_flow"      // sign-ins by a connection that came back: each once
	BookClientUsed  Book = "client"          // when a product client was last used, at most once a minute
	BookHalf        Book = "half_session"    // sign-ins between their two proofs: ten minutes, and none opens anything without the second
	BookChallenge   Book = "challenge"       // what browsers are asked to answer by a passkey: five minutes, and it opens nothing without the key
	BookReset       Book = "factor_reset"    // hashes of mailed secrets: made when a letter leaves
	BookPersonLink  Book = "person_link"     // likewise
	BookAddressLink Book = "address_link"    // likewise
	BookDevice      Book = "device"          // where somebody signed in before: it opens nothing, and tells whose tries count together
	BookAddress     Book = "address_change"  // changes of address whose time is over: nothing asks for them any more
	BookCheckpoint  Book = "checkpoint"      // what histories were at a moment, signed: derived from them
	BookFeed        Book = "feed"            // in which order lines of all histories are told: derived from them
	BookFeedHead    Book = "feed_head"       // likewise
	BookNews        Book = "notification"    // what members are told of what happened, derived from it, and whether they read it
	BookReach       Book = "webhook_reach"   // how far webhooks have got in which history
	BookDelivery    Book = "webhook_attempt" // what became of the last deliveries
	BookImport      Book = "import"          // tables of people on their way in: what they do is acts with lines of their own
	BookImportRow   Book = "import_row"      // likewise
	BookPortal      Book = "portal_link"     // links of the host product whose time is over: they open nothing any more
)

// Tx writes inside one organisation, whose row it has locked; or to the installation.
type Tx struct {
	told.Told
	db      *DB
	tx      *sql.Tx
	now     time.Time
	ledgers []*ledger // the first is the one that was locked
	beside  []*ledger // of lines that went to the installation's history, too
	was     Position  // of the first ledger, as the lock found it
	seats   int       // in use there then
	version int64     // the catalogue's, when this transaction changed it
	changes []roster.Change
	waiting []query.Statement // those that go with the next one
	written bool              // something was changed
	sealed  bool              // the history has the line
	lined   bool              // rows before this one have theirs

	stmts map[string]*sql.Stmt // those it has used, where they are kept prepared
}

// ledger is a history under lock: where the next line goes.
type ledger struct {
	org  roster.Organisation
	head string
}

// Write runs fn in a transaction that holds the organisation's lock (or the installation's), and
// commits. A transaction that lost a race or its connection is run again, so fn does nothing
// outside it. What fn changed must have been sealed by Record. Kinds: NotFound for an unknown organisation;
// Unavailable with the code outcome_unknown where what fn did stands, or may stand, and it cannot be told that
// every server has seen it. After any other error nothing was done.
func (db *DB) Write(ctx context.Context, org roster.OrgID, fn func(context.Context, *Tx) error) error {
	return db.again(ctx, func() error { return db.write(ctx, org, fn) })
}

// again runs a transaction until it succeeds, fails for good, or has lost six races; it waits longer each time.
func (db *DB) again(ctx context.Context, run func() error) error {
	for try := 0; ; try++ {
		err := run()
		if err == nil || try == 5 || ctx.Err() != nil || !db.dialect.retryable(err) && !errors.Is(err, errMoved) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(1+rand.IntN(10<<try)) * time.Millisecond):
		}
	}
}

func (db *DB) write(ctx context.Context, org roster.OrgID, fn func(context.Context, *Tx) error) error {
	var tx *Tx
	var left bool
	if err := db.writing(org).Run(ctx, func() (err error) {
		tx, left, err = db.commit(ctx, org, fn)
		return err
	}); err != nil {
		return err
	}
	err := tx.after(ctx, left)
	o := tx.Organisation()
	db.weigh(ctx, tx.seats, o.People+o.APIUsers)
	return err
}

// commit does what Write does until it is committed, and tells whether it left notices.
func (db *DB) commit(ctx context.Context, org roster.OrgID, fn func(context.Context, *Tx) error) (tx *Tx, left bool, err error) {
	raw, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return nil, false, fmt.Errorf("store: begin: %w", err)
	}
	defer func() { _ = raw.Rollback() }() // after a commit it does nothing
	tx = &Tx{db: db, tx: raw}
	if err := tx.lock(ctx, org); err != nil {
		return nil, false, err
	}
	if err := fn(ctx, tx); err != nil {
		return nil, false, err
	}
	if tx.written && !tx.sealed {
		return nil, false, errors.New("store: a change without a line in the history")
	}
	if err := tx.flush(ctx); err != nil {
		return nil, false, err
	}
	if left, err = tx.before(ctx); err != nil {
		return nil, false, err
	}
	if err := raw.Commit(); err != nil {
		if err := tx.settle(ctx, err); err != nil {
			db.known.Doubt(time.Now().Add(doubting))
			return nil, false, err
		}
	}
	tx.learn(ctx)
	return tx, left, nil
}

// doubting is how long a commit of which nobody heard may still land.
const doubting = time.Minute

// settling bounds how long it may take to find out what became of a commit.
const settling = 10 * time.Second

// settle finds out what became of a commit whose answer was lost: the line it wrote stands, or not. The
// database may still be at it, so the lock that the transaction holds is waited for first.
func (tx *Tx) settle(ctx context.Context, failed error) error {
	failed = fmt.Errorf("store: commit: %w", failed)
	if !tx.Lined() {
		return failed
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settling)
	defer cancel()
	l, r, table := tx.ledgers[0], tx.db.Reader(), "organisation"
	if l.org.ID == roster.Installation {
		table = "installation"
	}
	_, err := One(ctx, r, Scan[string], `SELECT id FROM `+table+` WHERE id = $1`+tx.db.dialect.forUpdate(), l.org.ID)
	var hash Found[string]
	if err == nil {
		hash, err = One(ctx, r, Scan[string], `SELECT hash FROM event WHERE org_id = $1 AND seq = $2`, l.org.ID, l.org.Seq)
	}
	switch {
	case err != nil:
		return unsure("Whether this was done could not be found out.", errors.Join(failed, err))
	case hash.OK && hash.Value == l.head:
		return nil
	}
	return failed
}

// unsure tells that what was asked for stands or may stand. It does not wrap what went wrong: the act must not
// be run again.
func unsure(what string, why error) error {
	e := roster.Errorf(roster.Unavailable, "outcome_unknown", "%s Look before you do it again. A request with an Idempotency-Key can be sent again with the same key: it is not done twice.", roster.Plain(what))
	return fmt.Errorf("%w (%v)", e, why)
}

func (tx *Tx) lock(ctx context.Context, org roster.OrgID) error {
	var clock time.Time
	scan := func(row Row) (*ledger, error) {
		l := &ledger{}
		return l, row.Scan(append(orgFields(&l.org), &l.head, When(&clock), &tx.was.Catalogue)...)
	}
	columns, table := orgColumns, "organisation"
	if org == roster.Installation {
		columns, table = `id, '', '', '', 0, FALSE, '', FALSE, 0, 0, FALSE, '', seq, 0, 0, 0, 0, 0, 0, '', '', '', '', '', '', 0, 0, FALSE, 0, ''`, "installation"
	}
	// The clock stands in the statement that locks: once the lock is held, PostgreSQL works the row
	// out anew where another transaction changed it, so moments follow the history's order.
	found, err := One(ctx, tx, scan, `SELECT `+columns+`, head, `+tx.db.dialect.clock()+`, (SELECT version FROM catalogue WHERE id = 'catalogue') FROM `+table+` WHERE id = $1`+tx.db.dialect.forUpdate(), org)
	if err != nil {
		return err
	}
	if tx.now = clock; tx.db.clock != nil {
		tx.now = tx.db.clock()
	} else if clock.IsZero() {
		tx.now = time.Now().UTC().Truncate(time.Microsecond)
	}
	l, err := found.Or("organisation")
	if err == nil {
		tx.ledgers, tx.was.Seq, tx.seats = []*ledger{l}, l.org.Seq, l.org.People+l.org.APIUsers
	}
	return err
}

const orgColumns = `id, slug, name, plan, invitation_ttl, phone_required, domains, admin_passwords, factor_since, factor_grace, password_off, picture, seq, people, api_users, accepted_at, created_at, version, suspended_at, accent, sender, reply_to, product, footer, allowed_from, operators_until, delete_at, second_secrets, erase_after, portal`

// ScanOrganisation reads the columns of OrganisationColumns.
func ScanOrganisation(row Row) (roster.Organisation, error) {
	var o roster.Organisation
	return o, row.Scan(orgFields(&o)...)
}

// OrganisationColumns are the columns that ScanOrganisation reads, in its order.
const OrganisationColumns = orgColumns

func orgFields(o *roster.Organisation) []any {
	return []any{
		&o.ID, &o.Slug, &o.Name, &o.Plan, Span(&o.InvitationTTL), &o.PhoneRequired, Words(&o.Domains), &o.AdminPasswords, When(&o.FactorSince), Span(&o.FactorGrace), &o.PasswordOff, &o.Picture, &o.Seq,
		&o.People, &o.APIUsers, When(&o.AcceptedAt), When(&o.CreatedAt), &o.Version, When(&o.SuspendedAt), &o.Brand.Accent, &o.Brand.Sender, &o.Brand.ReplyTo, &o.Brand.Product, &o.Brand.Footer, Words(&o.AllowedFrom), When(&o.OperatorsUntil), When(&o.DeleteAt), &o.SecondSecrets, &o.EraseAfter, &o.Portal,
	}
}

// Organisation gives the locked organisation as this transaction sees it; for the installation only its ID is set.
func (tx *Tx) Organisation() roster.Organisation {
	o := tx.ledgers[len(tx.ledgers)-1].org
	people, apis := tx.Seats()
	o.People, o.APIUsers = o.People+people, o.APIUsers+apis
	return o
}

// Org gives the locked organisation's ID.
func (tx *Tx) Org() roster.OrgID { return tx.ledgers[len(tx.ledgers)-1].org.ID }

// At gives the transaction's moment: the database's clock, read once.
func (tx *Tx) At() time.Time { return tx.now }

// Now gives At, as a Reader does.
func (tx *Tx) Now(context.Context) (time.Time, error) { return tx.now, nil }

func (tx *Tx) dialect() dialect { return tx.db.dialect }

func (tx *Tx) position(ctx context.Context, org roster.OrgID) (Position, error) {
	return positionOf(ctx, tx, org)
}

func (tx *Tx) rows(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	if err := tx.flush(ctx); err != nil {
		return nil, err
	}
	if !tx.db.writer.prepare {
		return tx.tx.QueryContext(ctx, query, args...)
	}
	s, err := tx.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// stmt gives a statement kept prepared. It is prepared once, on the transaction's own connection: the
// writer pool has only that one.
func (tx *Tx) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if s := tx.stmts[query]; s != nil {
		return s, nil
	}
	var s *sql.Stmt
	if known := tx.db.writer.stmts.Known(query); known != nil {
		s = tx.tx.StmtContext(ctx, known.Stmt)
		known.Leave()
	} else {
		var err error
		if s, err = tx.tx.PrepareContext(ctx, query); err != nil {
			return nil, err
		}
	}
	if tx.stmts == nil {
		tx.stmts = map[string]*sql.Stmt{}
	}
	tx.stmts[query] = s
	return s, nil
}

// learn keeps the statements that were new prepared for the next transaction; inside this one the
// only connection was taken. A statement that cannot be prepared now is prepared where it runs.
func (tx *Tx) learn(ctx context.Context) {
	for query := range tx.stmts {
		if s, err := tx.db.writer.stmts.Take(ctx, tx.db.writer.DB, query); err == nil {
			s.Leave()
		}
	}
}

// flush runs the statements that wait.
func (tx *Tx) flush(ctx context.Context) (err error) {
	if len(tx.waiting) > 0 {
		_, err = tx.run(ctx)
	}
	return err
}

// run runs some statements after those that wait, in one round trip where that is worth something. It gives how many
// rows the last one touched.
func (tx *Tx) run(ctx context.Context, more ...query.Statement) (n int64, err error) {
	all := append(tx.waiting, more...)
	if tx.waiting = nil; tx.dialect().together() {
		all = []query.Statement{query.Together(all)}
	}
	for _, s := range all {
		if n, err = tx.exec(ctx, s.Text, s.Args); err != nil {
			return 0, err
		}
	}
	return n, nil
}

func (tx *Tx) exec(ctx context.Context, query string, args []any) (int64, error) {
	if err := tx.flush(ctx); err != nil {
		return 0, err
	}
	var res sql.Result
	var err error
	if tx.db.writer.prepare {
		var s *sql.Stmt
		if s, err = tx.stmt(ctx, query); err == nil {
			res, err = s.ExecContext(ctx, args...)
		}
	} else {
		res, err = tx.tx.ExecContext(ctx, query, args...)
	}
	if err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	return res.RowsAffected()
}

// Change runs a statement that changes something a right, a rule or a person's data rests on. What
// it changes goes into the history's line with it, and so there is no statement without a change.
// It gives the number of rows it touched.
func (tx *Tx) Change(ctx context.Context, changes []roster.Change, query string, args ...any) (int64, error) {
	if len(changes) == 0 {
		return 0, errors.New("store: a statement without a change")
	}
	n, err := tx.exec(ctx, query, args)
	if err != nil {
		return 0, err
	}
	tx.changes = append(tx.changes, changes...)
	tx.written = true
	return n, nil
}

// ChangeSoon is Change where nobody asks for the number: the statement may wait for the next one, and go with it. Those
// that go together see nothing of each other, so no two of them touch the same rows.
func (tx *Tx) ChangeSoon(_ context.Context, changes []roster.Change, text string, args ...any) error {
	if len(changes) == 0 {
		return errors.New("store: a statement without a change")
	}
	tx.changes, tx.written = append(tx.changes, changes...), true
	tx.waiting = append(tx.waiting, query.Statement{Text: text, Args: args})
	return nil
}

// NoteSoon is to Note what ChangeSoon is to Change.
func (tx *Tx) NoteSoon(_ context.Context, _ Book, text string, args ...any) error {
	tx.waiting = append(tx.waiting, query.Statement{Text: text, Args: args})
	return nil
}

// Note runs a statement on a table of bookkeeping.
func (tx *Tx) Note(ctx context.Context, _ Book, query string, args ...any) (int64, error) {
	return tx.exec(ctx, query, args)
}

// NoteEach runs a statement on a table of bookkeeping, and hands every row that it gives back to a function.
func (tx *Tx) NoteEach(ctx context.Context, _ Book, take func(Row) error, query string, args ...any) error {
	return Each(ctx, tx, take, query, args...)
}

// Changes gives what the transaction has changed so far.
func (tx *Tx) Changes() []roster.Change { return tx.changes }

// Tell notes for the history's line what was done though no row changed, such as that data left in a file.
func (tx *Tx) Tell(changes ...roster.Change) {
	tx.changes = append(tx.changes, changes...)
	tx.written = tx.written || len(changes) > 0
}

// Found makes an organisation inside a transaction of the installation. From here on the
// transaction is the organisation's too, and its history gets the line as well.
func (tx *Tx) Found(ctx context.Context, o roster.Organisation, changes []roster.Change) error {
	_, err := tx.Change(ctx, changes,
		`INSERT INTO organisation (id, slug, name, plan, invitation_ttl, phone_required, admin_passwords, seq, head, people, api_users, accepted_at, created_at)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, 0, '', 0, 0, 0, $8)`,
		o.ID, o.Slug, o.Name, o.Plan, o.InvitationTTL.Microseconds(), o.PhoneRequired, o.AdminPasswords, Micros(tx.now))
	if err != nil {
		return err
	}
	o.CreatedAt, o.Version = tx.now, 1
	tx.ledgers = append(tx.ledgers, &ledger{org: o})
	return nil
}

// Noter writes bookkeeping outside an organisation's lock: no history, no seq.
type Noter struct{ *Tx }

// Keep runs fn in a transaction without a lock, for bookkeeping alone.
func (db *DB) Keep(ctx context.Context, fn func(context.Context, Noter) error) error {
	if within, ok := ctx.Value(aheadKey{}).(time.Duration); ok {
		return db.ahead(ctx, within, fn)
	}
	return db.again(ctx, func() error {
		return db.noting(ctx).Run(ctx, func() error { return db.keep(ctx, db.writer, fn) })
	})
}

func (db *DB) keep(ctx context.Context, on *pool, fn func(context.Context, Noter) error) error {
	raw, err := on.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	defer func() { _ = raw.Rollback() }()
	tx := &Tx{db: db, tx: raw}
	if tx.now, err = db.read(ctx, raw); err != nil {
		return err
	}
	if err := fn(ctx, Noter{tx}); err != nil {
		return err
	}
	if err := tx.flush(ctx); err != nil {
		return err
	}
	if tx.written {
		return errors.New("store: bookkeeping must not change anything else")
	}
	if err := raw.Commit(); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	tx.learn(ctx)
	return nil
}

// Single writes bookkeeping by one statement, which is a transaction of its own.
type Single struct{ *plain }

// Single gives a writer of one statement; its Now is the clock as Moment knows it.
func (db *DB) Single() Single { return Single{&plain{db: db, at: db.Moment()}} }

func (s Single) rows(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	return s.db.writer.rows(ctx, query, args)
}

// NoteEach runs the statement, again if it lost a race, and hands every row that it gives back to a function.
func (s Single) NoteEach(ctx context.Context, _ Book, take func(Row) error, query string, args ...any) error {
	return s.db.again(ctx, func() error {
		return s.db.noting(ctx).Run(ctx, func() error { return Each(ctx, s, take, query, args...) })
	})
}

// SkipLocked gives the words by which a SELECT locks the rows it finds and passes over locked ones.
func SkipLocked(r Reader) string { return r.dialect().skipLocked() }

// ForUpdate gives the words by which a SELECT locks the rows it finds.
func ForUpdate(r Reader) string { return r.dialect().forUpdate() }

// ForShare gives the words by which a SELECT keeps the rows it finds as they are until the transaction ends.
func ForShare(r Reader) string { return r.dialect().forShare() }

// Unsynced gives the words after a condition by which a statement of bookkeeping does not wait for the disk.
func Unsynced(w Single) string { return w.dialect().unsynced() }
