package spool_test

import (
	"io"
	"os"
	"testing"

	"roster/internal/spool"
)

// TestWhatIsSpooledIsNowhereElse: no name leads to it while it is written, and it is read from its first byte on.
func TestWhatIsSpooledIsNowhereElse(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	f, err := spool.New()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("everything"); err != nil {
		t.Fatal(err)
	}
	if there, err := os.ReadDir(os.TempDir()); err != nil || len(there) != 0 {
		t.Errorf("there is %v, %v", there, err)
	}
	if err := f.Rewind(); err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(f)
	if err != nil || string(all) != "everything" || f.Size != int64(len(all)) {
		t.Errorf("%q of %d bytes, %v", all, f.Size, err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}
