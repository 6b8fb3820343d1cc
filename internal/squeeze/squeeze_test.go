package squeeze_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"sync"
	"testing"

	"roster/internal/squeeze"
)

// TestWhatIsCompressedComesBack: by writers that were used before, and by many at once.
func TestWhatIsCompressedComesBack(t *testing.T) {
	var p squeeze.Pool
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for i := range 20 {
				want := strings.Repeat(string(rune('a'+n)), 1000*i)
				small := p.Gzip([]byte(want))
				r, err := gzip.NewReader(bytes.NewReader(small))
				if err != nil {
					t.Error(err)
					return
				}
				if got, err := io.ReadAll(r); err != nil || string(got) != want || i > 0 && len(small) > 100 {
					t.Errorf("%d bytes became %d, and %d: %v", len(want), len(small), len(got), err)
				}
			}
		})
	}
	all.Wait()
}
