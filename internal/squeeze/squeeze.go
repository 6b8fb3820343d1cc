// Package squeeze compresses answers.
package squeeze

import (
	"bytes"
	"compress/gzip"
	"sync"
)

// Pool compresses with writers that are used again: each makes tables of a megabyte when it is first used. The zero Pool
// is ready, and safe for use by many.
type Pool struct{ writers sync.Pool }

// Gzip gives data in the gzip format (RFC 1952).
func (p *Pool) Gzip(data []byte) []byte {
	var small bytes.Buffer
	w, used := p.writers.Get().(*gzip.Writer)
	if !used {
		w = gzip.NewWriter(nil)
	}
	defer p.writers.Put(w)
	w.Reset(&small)
	_, _ = w.Write(data) // a bytes.Buffer never fails
	_ = w.Close()
	return small.Bytes()
}
