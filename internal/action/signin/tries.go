package signin

import (
	"context"
	"errors"
	"slices"
	"time"

	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/credentialdb"
)

// accounts and blocks are the budgets of guessing (design page 6). An address block has more free tries, since many
// people may share it.
func accounts() roster.Budget { return roster.Budget{Free: 5, Leak: time.Hour} }
func blocks() roster.Budget   { return roster.Budget{Free: 30, Leak: 5 * time.Minute} }

// tries are the keys that a try counts against. They are hashes, so that the table names nobody. The wait follows
// from the block's and the account's; the person's tells how much of the account's was tried against that very
// person, whose success takes back that and no more: one address may have persons in several organisations, and
// who signs in as one of them buys no guesses at another.
type tries struct {
	block, account, person string
	device                 string // the one key in their place, on a device that is known (device.go)
	first                  bool   // nothing was tried before that still counts, and none of the keys had to wait
}

// keys are those that a try counts against, in the order in which they are locked.
func (t tries) keys() []string {
	if t.device != "" {
		return []string{t.device}
	}
	return []string{t.block, t.account, t.person}
}

// budgets are the keys'.
func (t tries) budgets() []roster.Budget {
	if t.device != "" {
		return []roster.Budget{accounts()}
	}
	return []roster.Budget{blocks(), accounts(), accounts()}
}

// untried tells of how many tries there are at each key that none but the last and what others tried from the block
// still counts.
func (t tries) untried(counted []int) bool {
	if t.device != "" {
		return counted[0] == 1
	}
	return counted[1] == 1 && counted[2] == 1
}

// triesOf gives the keys of a try at an address, known or not, from a client's address; p is whom it means, empty for
// nobody.
func triesOf(folded, ip string, p roster.PersonID) tries {
	return tries{
		block:   "address:" + secret.Hash(roster.AddressBlock(ip)),
		account: "account:" + secret.Hash(folded),
		person:  "account:" + secret.Hash(folded+"\n"+string(p)),
	}
}

// reserve counts a try before it is made, so that tries made at once do not share one budget, and
// refuses it while its keys must wait; then it keeps nothing. It gives the tries with what it saw. Kind: Limited.
func (r *Room) reserve(ctx context.Context, t tries) (tries, error) {
	counted, err := r.count(ctx, t)
	if err != nil {
		return t, err
	}
	if !slices.Contains(counted, 0) {
		t.first = t.untried(counted)
		return t, nil
	}
	return r.weigh(ctx, t, counted)
}

// count counts the try against those keys for which that needs no reckoning: whatever the budget, so few tries within
// so short a time have no wait, and nothing of them has leaked yet. That is nearly every try, and one statement. It
// tells how many tries each key has behind it, 0 for those that were not counted.
func (r *Room) count(ctx context.Context, t tries) (counted []int, err error) {
	few, recent := min(accounts().Free, blocks().Free), min(accounts().Leak, blocks().Leak)
	err = action.NoteOnce(ctx, r.gate, func(ctx context.Context, w store.Single) error {
		now, err := w.Now(ctx)
		if err != nil {
			return err
		}
		counted, err = credentialdb.CountFew(ctx, w, few, now.Add(-recent), now, t.keys()...)
		return err
	})
	return counted, err
}

// weigh counts the try against each key by its budget, if none of them must wait, and takes it back from those that
// count had counted; where it must wait nothing is kept.
func (r *Room) weigh(ctx context.Context, t tries, counted []int) (tries, error) {
	var wait time.Duration
	errWaits := errors.New("a key must wait") // keeps nothing of the transaction
	err := action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		wait = 0
		budgets, after := t.budgets(), make([]int, len(counted))
		now, err := credentialdb.AttemptsAt(ctx, tx, t.keys()...)
		if err != nil {
			return err
		}
		for i := range now {
			now[i].Failures -= min(counted[i], now[i].Failures, 1)
			now[i] = budgets[i].Left(now[i], tx.At())
			if i < 2 && now[i].Until.After(tx.At()) {
				wait = max(wait, now[i].Until.Sub(tx.At()))
			}
		}
		if wait > 0 && !slices.ContainsFunc(counted, func(n int) bool { return n > 0 }) {
			return errWaits
		}
		for i := range now {
			if after[i] = now[i].Failures + 1; wait == 0 {
				now[i] = budgets[i].Count(now[i], tx.At())
			}
		}
		t.first = after[0] <= budgets[0].Free && t.untried(after)
		return credentialdb.SetAttempts(ctx, tx, t.keys(), now)
	})
	if wait > 0 && (err == nil || errors.Is(err, errWaits)) {
		return t, roster.Errorf(roster.Limited, "too_many_tries", "There were too many tries. Wait a little before the next.").After(wait)
	}
	return t, err
}

// forgive takes back after a success what was tried against that person, and gives its own try back to the address
// block. The others stay: with an account of one's own nobody buys guesses at those of others. On a known device it takes
// back what was tried there, and nothing that strangers did.
func forgive(ctx context.Context, tx *store.Tx, t tries) error {
	note, keys := store.Noter{Tx: tx}, t.keys()
	if t.first {
		return credentialdb.GiveBack(ctx, note, keys...)
	}
	if t.device != "" {
		return credentialdb.SetAttempts(ctx, note, keys, []roster.Tries{{LastAt: tx.At()}})
	}
	had, err := credentialdb.AttemptsAt(ctx, note, keys...)
	if err != nil {
		return err
	}
	block, of := had[0], accounts()
	block.Failures, block.Until = max(0, block.Failures-1), block.LastAt
	account := of.Without(of.Left(had[1], tx.At()), of.Left(had[2], tx.At()).Failures)
	return credentialdb.SetAttempts(ctx, note, keys, []roster.Tries{block, account, {LastAt: tx.At()}})
}
