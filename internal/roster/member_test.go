package roster

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The membership table of design page 1, as a machine: whatever is done, the member stands in one of
// the table's statuses, and only as the table says.
func TestMembershipFollowsItsTable(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		m := Member{Kind: Regular, Status: Invited, Name: "M"}
		if rapid.Bool().Draw(t, "start blocked") {
			m.Status, m.Before = Blocked, Invited
		}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			was := m
			var next Member
			var err error
			step := rapid.SampledFrom([]string{"accept", "block", "unblock", "remove", "edit"}).Draw(t, "step")
			switch step {
			case "accept":
				next, err = m.Accept("per_1", true, now)
			case "block":
				next, err = m.Block("r")
			case "unblock":
				next, err = m.Unblock()
			case "remove":
				next, err = m.Remove(now)
			case "edit":
				next, err = m.Edit(Profile{FirstName: "A", LastName: "B"}, false)
			}
			if err != nil {
				continue
			}
			m = next
			check(t, step, was, m)
		}
	})
}

func check(t *rapid.T, step string, was, now Member) {
	if was.Status == Removed {
		t.Fatalf("%s on a removed member was allowed", step)
	}
	accepted := func(m Member) bool { return m.Status == Active || m.Status == Blocked && m.Before == Active }
	ok := true
	switch step {
	case "accept":
		ok = was.Pending() && accepted(now) && (now.Status == Blocked) == (was.Status == Blocked) && !now.VerifiedAt.IsZero()
	case "block":
		ok = was.Status != Blocked && now.Status == Blocked && now.Before == was.Status
	case "unblock":
		ok = was.Status == Blocked && now.Status == was.Before && now.Before == ""
	case "remove":
		ok = now.Status == Removed
	case "edit":
		ok = now.Status == was.Status
	}
	if !ok || (now.Status == Blocked) != (now.Before != "") {
		t.Fatalf("%s: from %s/%s to %s/%s", step, was.Status, was.Before, now.Status, now.Before)
	}
}

func TestSeatsNeverGrowBeyondThePlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit, used, more := rapid.IntRange(0, 20).Draw(t, "limit"), rapid.IntRange(0, 30).Draw(t, "used"), rapid.IntRange(-3, 5).Draw(t, "more")
		err := Plan{Name: "P", MaxUsers: limit, MaxAPIUsers: Unlimited}.CheckSeats(used, 0, more, 0)
		if refused := err != nil; refused != (more > 0 && used+more > limit) {
			t.Fatalf("limit %d, used %d, more %d: %v", limit, used, more, err)
		}
	})
	if left := (Plan{MaxUsers: 10}).SeatsLeft(12); left != 0 {
		t.Errorf("seats left in a plan that is too small: %d", left)
	}
	if left := (Plan{MaxUsers: Unlimited}).SeatsLeft(12); left != Unlimited {
		t.Errorf("seats left without limit: %d", left)
	}
}
