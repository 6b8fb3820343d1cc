// Package kept keeps in memory what was read from the database, never longer than it stands.
package kept

import (
	"context"
	"sync"

	"roster/internal/gather"
	"roster/internal/store"
)

// Kept keeps things in memory for as long as nothing changes in their organisation, and never longer:
// each look asks the organisation's position, which every change raises in its own transaction, and takes
// what is kept only when it was read there or later. So an answer is as fresh as a statement's, and mostly
// needs none. What there is not is not kept.
//
// It is for things that change only by tx.Change. Bookkeeping, such as when a thing was last used,
// does not raise the seq, and may be older here than in the database.
type Kept[K comparable, V any] struct {
	load *gather.Gather[store.Reader, K, store.At[V]]
	most int
	mu   sync.RWMutex
	kept map[K]store.At[V]
}

// New makes one that keeps at most so many things; load finds several at once, with their seq.
func New[K comparable, V any](most int, load func(context.Context, store.Reader, []K) (map[K]store.At[V], error)) *Kept[K, V] {
	return &Kept[K, V]{load: gather.New(load), most: most, kept: map[K]store.At[V]{}}
}

// One finds one thing. What it gives is shared, and not to be changed.
func (k *Kept[K, V]) One(ctx context.Context, r store.Reader, key K) (store.Found[V], error) {
	k.mu.RLock()
	was, known := k.kept[key]
	k.mu.RUnlock()
	if known {
		at, err := store.Newest(ctx, r, was.Org)
		if err != nil {
			return store.Found[V]{}, err
		}
		if was.Seq >= at.Seq {
			return store.Found[V]{Value: was.Value, OK: true}, nil
		}
	}
	now, ok, err := k.load.One(ctx, r, key)
	if err != nil {
		return store.Found[V]{}, err
	}
	k.keep(key, store.Found[store.At[V]]{Value: now, OK: ok})
	return store.Found[V]{Value: now.Value, OK: ok}, nil
}

func (k *Kept[K, V]) keep(key K, now store.Found[store.At[V]]) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !now.OK {
		delete(k.kept, key)
		return
	}
	if was, known := k.kept[key]; known && was.Org == now.Value.Org && was.Seq > now.Value.Seq {
		return // someone read it later than we did
	}
	if len(k.kept) >= k.most {
		clear(k.kept) // rare, and what is needed comes back at once
	}
	k.kept[key] = now.Value
}
