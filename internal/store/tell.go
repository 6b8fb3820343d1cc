package store

import "roster/internal/roster"

// Tell notes for the history's line what was done though no row changed, such as that data left in a file.
func (tx *Tx) Tell(changes ...roster.Change) {
	tx.changes = append(tx.changes, changes...)
	tx.written = tx.written || len(changes) > 0
}
