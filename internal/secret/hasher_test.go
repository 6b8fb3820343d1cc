package secret

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/roster"
)

// cheap is a cost at which tests of behaviour, not of time, can hash often.
func cheap() Params { return Params{MemoryKiB: 64, Time: 1, Threads: 1} }

func TestHashedPasswordVerifies(t *testing.T) {
	h := NewHasher(cheap(), 0, 10)
	long := strings.Repeat("x", MaxBytes-1)
	cases := []struct {
		name, hashed, given string
		want                bool
	}{
		{"the same", "violet otter bridge 42", "violet otter bridge 42", true},
		{"another case", "violet otter bridge 42", "Violet otter bridge 42", false},
		{"a space more", "violet otter bridge 42", "violet otter bridge 42 ", false},
		{"composed, then decomposed", "caf\u00e9 \u00e0 la carte", "cafe\u0301 a\u0300 la carte", true},
		{"decomposed, then composed", "cafe\u0301 a\u0300 la carte", "caf\u00e9 \u00e0 la carte", true},
		{"full-width letters are other letters", "violet otter bridge", "ｖiolet otter bridge", false},
		{"a dotless i is another letter", "tulip dinner wizard", "tul\u0131p d\u0131nner w\u0131zard", false},
		{"nothing is cut off at 72 bytes", strings.Repeat("a", 72) + "b", strings.Repeat("a", 72) + "c", false},
		{"nothing is cut off at 1,024 bytes", long + "y", long + "z", false},
		{"all 1,024 bytes", long + "y", long + "y", true},
		{"a zero byte ends nothing", "violet\x00otter", "violet\x00badger", false},
		{"empty", "", "", true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			encoded, err := h.Hash(t.Context(), c.hashed)
			if err != nil {
				t.Fatal(err)
			}
			ok, rehash, err := h.Verify(t.Context(), c.given, encoded)
			if err != nil || ok != c.want || rehash {
				t.Errorf("got %v, rehash %v, %v", ok, rehash, err)
			}
		})
	}
}

func TestHashesOfOnePasswordDiffer(t *testing.T) {
	h := NewHasher(cheap(), 0, 10)
	a, _ := h.Hash(t.Context(), "violet otter bridge")
	b, _ := h.Hash(t.Context(), "violet otter bridge")
	if a == b || !strings.HasPrefix(a, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Errorf("got %s and %s", a, b)
	}
}

func TestTooLongPasswordIsRefusedBeforeHashing(t *testing.T) {
	h := NewHasher(cheap(), 0, 10)
	for _, n := range []int{MaxBytes + 1, 4 * MaxBytes, 4*MaxBytes + 1, 1 << 20} {
		if _, err := h.Hash(t.Context(), strings.Repeat("x", n)); !roster.Is(err, "password_criteria") {
			t.Errorf("%d bytes: got %v", n, err)
		}
	}
	encoded, err := h.Hash(t.Context(), filler)
	if err != nil {
		t.Fatal(err)
	}
	ok, _, err := h.Verify(t.Context(), strings.Repeat("x", MaxBytes+1), encoded)
	if ok || err != nil {
		t.Errorf("a password that is too long is not right, and no error: got %v, %v", ok, err)
	}
}

func TestLengthIsMeasuredInNFC(t *testing.T) {
	h := NewHasher(cheap(), 0, 10)
	composed := strings.Repeat("\u00e9", MaxBytes/2)
	encoded, err := h.Hash(t.Context(), composed)
	if err != nil {
		t.Fatal(err)
	}
	if ok, _, err := h.Verify(t.Context(), strings.Repeat("e\u0301", MaxBytes/2), encoded); !ok || err != nil {
		t.Errorf("the same password, decomposed to more than the limit: got %v, %v", ok, err)
	}
}

func TestRehashIsAskedWhenTheCostWasRaised(t *testing.T) {
	old := NewHasher(cheap(), 0, 10)
	encoded, err := old.Hash(t.Context(), "violet otter bridge")
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name   string
		now    Params
		given  string
		ok     bool
		rehash bool
	}{
		{"more memory", Params{128, 1, 1}, "violet otter bridge", true, true},
		{"more passes", Params{64, 2, 1}, "violet otter bridge", true, true},
		{"less of all", Params{32, 1, 1}, "violet otter bridge", true, false},
		{"wrong password", Params{128, 1, 1}, "violet otter ridge", false, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			ok, rehash, err := NewHasher(c.now, 0, 10).Verify(t.Context(), c.given, encoded)
			if err != nil || ok != c.ok || rehash != c.rehash {
				t.Errorf("got %v, rehash %v, %v", ok, rehash, err)
			}
		})
	}
}

func TestHostileStoredHashIsRefused(t *testing.T) {
	const salt, key = "MDEyMzQ1Njc4OWFiY2RlZg", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"
	good := "$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + key
	h := NewHasher(cheap(), 1, 0)
	if _, _, err := h.Verify(t.Context(), "x", good); err != nil {
		t.Fatalf("the good one: %v", err)
	}
	cases := map[string]string{
		"empty":              "",
		"no hash":            "password",
		"another function":   strings.Replace(good, "argon2id", "argon2i", 1),
		"bcrypt":             "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
		"another version":    strings.Replace(good, "v=19", "v=16", 1),
		"no version":         strings.Replace(good, "v=19$", "", 1),
		"much memory":        strings.Replace(good, "m=64", "m=4194304", 1),
		"memory overflows":   strings.Replace(good, "m=64", "m=4294967360", 1),
		"no memory":          strings.Replace(good, "m=64", "m=0", 1),
		"many passes":        strings.Replace(good, "t=1", "t=4294967295", 1),
		"no pass":            strings.Replace(good, "t=1", "t=0", 1),
		"much work together": strings.Replace(good, "m=64,t=1", "m=262144,t=16", 1),
		"many lanes":         strings.Replace(good, "p=1", "p=255", 1),
		"no lane":            strings.Replace(good, "p=1", "p=0", 1),
		"lanes overflow":     strings.Replace(good, "p=1", "p=257", 1),
		"memory below lanes": strings.Replace(good, "m=64,t=1,p=1", "m=64,t=1,p=16", 1),
		"negative":           strings.Replace(good, "t=1", "t=-1", 1),
		"signed":             strings.Replace(good, "t=1", "t=+1", 1),
		"leading zero":       strings.Replace(good, "t=1", "t=01", 1),
		"another order":      strings.Replace(good, "m=64,t=1", "t=1,m=64", 1),
		"a part more":        strings.Replace(good, "p=1", "p=1,x=1", 1),
		"short salt":         strings.Replace(good, salt, "MDEy", 1),
		"no salt":            strings.Replace(good, salt, "", 1),
		"short key":          strings.Replace(good, key, "MDEy", 1),
		"no key":             strings.Replace(good, key, "", 1),
		"long key":           strings.Replace(good, key, strings.Repeat("AAAA", 40), 1),
		"not base64":         strings.Replace(good, key, "!"+key[1:], 1),
		"padded":             good + "=",
		"a line break":       good + "\n",
		"very long":          good + strings.Repeat("A", 1<<16),
		"a field more":       good + "$x",
	}
	for name, encoded := range cases {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			ok, rehash, err := h.Verify(t.Context(), "x", encoded)
			if err == nil || ok || rehash {
				t.Errorf("got %v, rehash %v, %v", ok, rehash, err)
			}
			if roster.AsError(err).Kind != roster.Internal {
				t.Errorf("a damaged row is our fault, got %v", err)
			}
			if took := time.Since(began); took > time.Second {
				t.Errorf("it took %s to refuse", took)
			}
		})
	}
}

// slow costs enough for others to meet it while it runs.
func slow() Params { return Params{MemoryKiB: 32 << 10, Time: 4, Threads: 1} }

func TestGateRunsSoManyQueuesSoManyAndTurnsTheRestAway(t *testing.T) {
	const parallel, queue, callers = 2, 3, 40
	h := NewHasher(slow(), parallel, queue)
	stop, watched := make(chan struct{}), make(chan int64)
	go func() { watched <- watchGate(h, stop) }()

	var wg sync.WaitGroup
	errs := make(chan error, callers)
	for range callers {
		wg.Go(func() {
			_, err := h.Hash(context.Background(), "violet otter bridge")
			errs <- err
		})
	}
	wg.Wait()
	close(stop)
	close(errs)
	if over := <-watched; over > 0 {
		t.Errorf("the gate was seen beyond its bounds %d times", over)
	}
	var done, busy int
	for err := range errs {
		switch {
		case err == nil:
			done++
		case roster.Is(err, "busy"):
			busy++
			if e := roster.AsError(err); e.Kind != roster.Unavailable || e.RetryAfter <= 0 {
				t.Errorf("busy must be unavailable and say when again, got %+v", e)
			}
		default:
			t.Errorf("got %v", err)
		}
	}
	if done < parallel+queue || busy == 0 || done+busy != callers {
		t.Errorf("%d done, %d turned away", done, busy)
	}
	if len(h.slots) != 0 || h.waiting.Load() != 0 {
		t.Errorf("afterwards %d slots are held and %d wait", len(h.slots), h.waiting.Load())
	}
}

// watchGate counts how often more computations hold slots than may, until stop.
func watchGate(h *Hasher, stop chan struct{}) (over int64) {
	for {
		select {
		case <-stop:
			return over
		default:
			if len(h.slots) > cap(h.slots) {
				over++
			}
			time.Sleep(100 * time.Microsecond)
		}
	}
}

func TestFullGateTurnsAwayExactlyBeyondTheQueue(t *testing.T) {
	h := NewHasher(cheap(), 1, 2)
	h.slots <- struct{}{} // a computation that runs as long as we want
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	errs := make(chan error, 2)
	for range 2 {
		go func() { errs <- h.Decoy(ctx, "x") }()
	}
	waitFor(t, func() bool { return h.waiting.Load() == 2 })
	if err := h.Decoy(ctx, "x"); !roster.Is(err, "busy") {
		t.Errorf("the third caller: got %v", err)
	}
	if _, _, err := h.Verify(ctx, "x", "$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"); !roster.Is(err, "busy") {
		t.Errorf("Verify crosses the same gate: got %v", err)
	}
	<-h.slots
	for range 2 {
		if err := <-errs; err != nil {
			t.Errorf("one who waited: got %v", err)
		}
	}
}

func TestCallerWhoLeavesTheQueueMakesRoom(t *testing.T) {
	h := NewHasher(cheap(), 1, 1)
	h.slots <- struct{}{}
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() { left <- h.Decoy(ctx, "x") }()
	waitFor(t, func() bool { return h.waiting.Load() == 1 })
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if h.waiting.Load() != 0 || len(h.slots) != 1 {
		t.Errorf("%d wait, %d run", h.waiting.Load(), len(h.slots))
	}
}

func TestRunningComputationKeepsItsSlotWhenItsCallerLeaves(t *testing.T) {
	h := NewHasher(Params{MemoryKiB: 128 << 10, Time: 4, Threads: 1}, 1, 0)
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() {
		_, err := h.Hash(ctx, "violet otter bridge")
		left <- err
	}()
	waitFor(t, func() bool { return len(h.slots) == 1 })
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if err := h.Decoy(t.Context(), "x"); !roster.Is(err, "busy") {
		t.Errorf("while the left computation still runs: got %v", err)
	}
	waitFor(t, func() bool { return len(h.slots) == 0 })
	if err := h.Decoy(t.Context(), "x"); err != nil {
		t.Errorf("after it has finished: got %v", err)
	}
}

func TestEndedContextComputesNothing(t *testing.T) {
	h := NewHasher(cheap(), 1, 0)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if err := h.Decoy(ctx, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if len(h.slots) != 0 {
		t.Error("it took a slot")
	}
}

// Unknown accounts and passwords that are too long must cost what a wrong password costs. The
// bound is wide, as the machine is shared; doing nothing at all would be a thousand times faster.
func TestEveryFailureTakesAboutAsLong(t *testing.T) {
	h := NewHasher(DefaultParams(), 1, 1)
	encoded, err := h.Hash(t.Context(), "violet otter bridge")
	if err != nil {
		t.Fatal(err)
	}
	verify := func(p string) func() {
		return func() {
			if ok, _, err := h.Verify(t.Context(), p, encoded); ok || err != nil {
				t.Fatal(ok, err)
			}
		}
	}
	decoy := func(p string) func() {
		return func() {
			if err := h.Decoy(t.Context(), p); err != nil {
				t.Fatal(err)
			}
		}
	}
	const wrong = "a wrong password"
	took := best(map[string]func(){
		wrong: verify("wrong"), "too long": verify(strings.Repeat("x", 1<<20)), "unknown account": decoy("wrong"), "unknown account, too long": decoy(strings.Repeat("x", 1<<20)),
	})
	for name, least := range took {
		if least < took[wrong]/3 || least > took[wrong]*3 {
			t.Errorf("%s takes %s, a wrong password %s", name, least, took[wrong])
		}
	}
}

// best gives the shortest of several runs of each, taken in turn, which other load disturbs least and alike.
func best(all map[string]func()) map[string]time.Duration {
	least := map[string]time.Duration{}
	for range 15 {
		for name, f := range all {
			began := time.Now()
			f()
			if d := time.Since(began); least[name] == 0 || d < least[name] {
				least[name] = d
			}
		}
	}
	return least
}

func waitFor(t *testing.T, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the condition never came")
		}
	}
}
