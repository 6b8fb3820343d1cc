package raster

import (
	"context"
	"runtime"
)

// Maker makes pictures, as many at once as there are cores: whoever sends them shares one.
type Maker struct{ turns chan struct{} }

// NewMaker makes a maker.
func NewMaker() *Maker { return &Maker{make(chan struct{}, runtime.GOMAXPROCS(0))} }

// Square waits for its turn and makes the picture. Kinds: as Square, and the context's end.
func (m *Maker) Square(ctx context.Context, sent []byte) (Picture, error) {
	select {
	case m.turns <- struct{}{}:
		defer func() { <-m.turns }()
		return Square(sent)
	case <-ctx.Done():
		return Picture{}, ctx.Err()
	}
}
