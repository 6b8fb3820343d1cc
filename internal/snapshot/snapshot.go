// Package snapshot keeps what decisions are made from: for each organisation that was asked about one snapshot in
// memory, brought up to date from the database when something has changed. It decides nothing.
package snapshot

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/accessdb"
	"roster/internal/store/cataloguedb"
)

// Shelf keeps what decisions are made from, one snapshot for each organisation that was asked about,
// and gives none that is older than the last change committed before it was asked for.
type Shelf struct {
	db   *store.DB
	most int // things kept in all; beyond it the snapshots used least recently go
	tick atomic.Int64

	mu        sync.RWMutex
	of        map[roster.OrgID]*kept
	held      int              // things in all of them
	catalogue *authz.Catalogue // the newest one read
}

// kept is an organisation's snapshot. mu is held while it is brought up to date.
type kept struct {
	mu   sync.Mutex
	snap atomic.Pointer[authz.Snapshot]
	used atomic.Int64
}

// mostThings bounds the memory of snapshots: at about 150 bytes for each grant, member and unit, some 600 MB.
const mostThings = 4_000_000

// mostLines is how many lines of the history are caught up with one by one; after more, an
// organisation is read anew.
const mostLines = 500

// New makes a shelf with nothing on it.
func New(db *store.DB) *Shelf {
	return &Shelf{db: db, most: mostThings, of: map[roster.OrgID]*kept{}}
}

func (s *Shelf) entry(org roster.OrgID) *kept {
	s.mu.RLock()
	k := s.of[org]
	s.mu.RUnlock()
	if k == nil {
		s.mu.Lock()
		if k = s.of[org]; k == nil {
			k = &kept{}
			s.of[org] = k
		}
		s.mu.Unlock()
	}
	k.used.Store(s.tick.Add(1))
	return k
}

// Now gives a snapshot that holds everything committed before the call. Kind: NotFound for an unknown
// organisation.
func (s *Shelf) Now(ctx context.Context, org roster.OrgID) (*authz.Snapshot, error) {
	at, err := s.db.Position(ctx, org)
	if err != nil {
		return nil, err
	}
	k := s.entry(org)
	if snap := k.snap.Load(); current(snap, at) {
		return snap, nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if snap := k.snap.Load(); current(snap, at) {
		return snap, nil
	}
	var snap *authz.Snapshot
	err = s.db.Snapshot(ctx, func(ctx context.Context, r store.Reader) error {
		snap, err = s.read(ctx, r, org, k.snap.Load())
		return err
	})
	if err != nil {
		return nil, err
	}
	s.put(org, k, snap)
	return snap, nil
}

// current tells whether a snapshot is at a position or beyond it.
func current(snap *authz.Snapshot, at store.Position) bool {
	return snap != nil && snap.Seq() >= at.Seq && snap.Catalogue().Version() >= at.Catalogue
}

// Within gives the snapshot as a transaction sees the organisation that it has locked, before it changes
// anything.
func (s *Shelf) Within(ctx context.Context, tx *store.Tx) (*authz.Snapshot, error) {
	k := s.entry(tx.Org())
	was, at := k.snap.Load(), tx.Position()
	if current(was, at) && was.Seq() == at.Seq {
		return was, nil
	}
	snap, err := s.read(ctx, tx, tx.Org(), was)
	if err == nil && len(tx.Changes()) == 0 && !tx.Lined() {
		s.put(tx.Org(), k, snap)
	}
	return snap, err
}

// Peek gives the snapshot at exactly a position, if it is at hand.
func (s *Shelf) Peek(org roster.OrgID, at store.Position) *authz.Snapshot {
	s.mu.RLock()
	k := s.of[org]
	s.mu.RUnlock()
	if k == nil {
		return nil
	}
	if snap := k.snap.Load(); current(snap, at) && snap.Seq() == at.Seq {
		return snap
	}
	return nil
}

// read brings a snapshot up to what a reader sees: by the lines of the history since, or from the whole.
func (s *Shelf) read(ctx context.Context, r store.Reader, org roster.OrgID, was *authz.Snapshot) (*authz.Snapshot, error) {
	catalogue, err := s.Newest(ctx, r)
	if err != nil {
		return nil, err
	}
	if was != nil && was.Catalogue().Version() == catalogue.Version() {
		touched, err := accessdb.Since(ctx, r, org, was.Seq(), mostLines)
		if err != nil {
			return nil, err
		}
		if touched.Lines <= mostLines {
			delta, err := accessdb.Some(ctx, r, org, touched)
			if err != nil {
				return nil, err
			}
			return was.With(delta), nil
		}
	}
	facts, err := accessdb.Facts(ctx, r, org)
	if err != nil {
		return nil, err
	}
	return authz.NewSnapshot(catalogue, facts), nil
}

// Newest gives the catalogue that a reader sees.
func (s *Shelf) Newest(ctx context.Context, r store.Reader) (*authz.Catalogue, error) {
	stored, err := cataloguedb.Load(ctx, r)
	if err != nil {
		return nil, err
	}
	s.mu.RLock()
	c := s.catalogue
	s.mu.RUnlock()
	if c != nil && c.Version() == stored.Version {
		return c, nil
	}
	var d authz.Declaration
	if err := json.Unmarshal([]byte(stored.Document), &d); err != nil {
		return nil, fmt.Errorf("the kept catalogue: %w", err)
	}
	if c, err = authz.NewCatalogue(stored.Version, d); err != nil {
		return nil, fmt.Errorf("the kept catalogue: %w", err)
	}
	return s.adopt(c), nil
}

// adopt keeps a catalogue that was read, and gives the one to use: of two that read the same version at once,
// both use the first, so that there is one of each version.
func (s *Shelf) adopt(c *authz.Catalogue) *authz.Catalogue {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch known := s.catalogue; {
	case known != nil && known.Version() == c.Version():
		return known
	case known == nil || known.Version() < c.Version():
		s.catalogue = c
	}
	return c
}

// Publish makes a committed transaction's snapshot the one that is asked. An organisation that nobody has
// asked about stays unread.
func (s *Shelf) Publish(org roster.OrgID, snap *authz.Snapshot) {
	if snap != nil {
		s.put(org, s.entry(org), snap)
	}
}

// put keeps a snapshot unless a newer one is there, and lets the least used ones go when there is too much.
func (s *Shelf) put(org roster.OrgID, k *kept, snap *authz.Snapshot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := k.snap.Load()
	if s.of[org] != k || was != nil && was.Seq() >= snap.Seq() && was.Catalogue().Version() >= snap.Catalogue().Version() {
		return
	}
	k.snap.Store(snap)
	s.held += size(snap) - size(was)
	if s.held > s.most {
		s.thin(org)
	}
}

// size gives how many things a snapshot holds.
func size(snap *authz.Snapshot) int {
	if snap == nil {
		return 0
	}
	return snap.Things()
}

// thin lets the snapshots go that were used least recently, but not one, until there is some room again: so it
// is not called for each that comes.
func (s *Shelf) thin(but roster.OrgID) {
	type use struct {
		org roster.OrgID
		at  int64
	}
	var all []use
	for org, k := range s.of {
		if org != but && k.snap.Load() != nil {
			all = append(all, use{org, k.used.Load()})
		}
	}
	slices.SortFunc(all, func(a, b use) int { return cmp.Compare(a.at, b.at) })
	for _, u := range all {
		if s.held <= s.most-s.most/8 {
			return
		}
		s.held -= size(s.of[u.org].snap.Load())
		delete(s.of, u.org)
	}
}
