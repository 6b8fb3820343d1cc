package jobs

import (
	"testing"
	"time"

	"roster/internal/roster"
	"roster/internal/store/replicadb"
)

// TestNobodyIsTakenForDeadAtTheFirstLook: a server that waited long for a file's one writer has an old heartbeat, and sends
// the next one first thing. One that crashed sends none.
func TestNobodyIsTakenForDeadAtTheFirstLook(t *testing.T) {
	now := time.Now()
	old, next := []replicadb.Replica{{ID: "rep_1", SeenAt: now.Add(-time.Minute)}}, []replicadb.Replica{{ID: "rep_1", SeenAt: now}}
	looks := func() *watch {
		w := &watch{patience: time.Hour, dead: 4 * time.Second}
		if maybe, err := w.judge(old, now); !maybe || err != nil {
			t.Errorf("at the first look: %v %v", maybe, err)
		}
		return w
	}
	if _, err := looks().judge(next, now); !roster.Is(err, "already_serving") {
		t.Errorf("a heartbeat came meanwhile: %v", err)
	}
	if maybe, err := looks().judge(old, now); maybe || err != nil {
		t.Errorf("none came: %v %v", maybe, err)
	}
}
