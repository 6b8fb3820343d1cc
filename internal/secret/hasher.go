package secret

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"

	"roster/internal/roster"
)

// Params is what one password hash costs (argon2id, RFC 9106): memory in KiB, passes, lanes.
type Params struct {
	MemoryKiB, Time uint32
	Threads         uint8
}

// DefaultParams gives the least cost design page 6 allows: 19 MiB, two passes, one lane.
func DefaultParams() Params { return Params{MemoryKiB: 19456, Time: 2, Threads: 1} }

// busyFor is when a caller that found the queue full may try again.
const busyFor = 2 * time.Second

// filler is hashed where there is nothing to hash, so that the answer takes as long as any.
const filler = "the password that nobody has"

// Hasher hashes and verifies passwords. So many computations run at once as it was made for, and
// so many callers wait; all others are turned away, so that a flood of sign-ins costs a bounded
// amount of memory. It is safe for use by many.
type Hasher struct {
	params  Params
	slots   chan struct{} // one element for each running computation
	queue   int64
	waiting atomic.Int64
	done    atomic.Int64
	refused atomic.Int64
	most    atomic.Int64 // ran at once
}

// Load is how busy a Hasher is, and was.
type Load struct {
	Places, Queue    int   // how many may run at once, and how many may wait
	Running, Waiting int   // now
	Most             int   // that ran at once
	Done, Refused    int64 // computations that ended, and callers that were turned away
}

// Load tells how busy the Hasher is.
func (h *Hasher) Load() Load {
	return Load{
		Places: cap(h.slots), Queue: int(h.queue), Running: len(h.slots), Waiting: int(min(h.waiting.Load(), h.queue)),
		Most: int(h.most.Load()), Done: h.done.Load(), Refused: h.refused.Load(),
	}
}

// NewHasher makes a Hasher that hashes at cost p, with at most parallel computations at once (0
// for the number of cores) and at most queue callers waiting. Costs below argon2's own least are
// raised to it.
func NewHasher(p Params, parallel, queue int) *Hasher {
	if parallel <= 0 {
		parallel = runtime.GOMAXPROCS(0)
	}
	p.Threads = max(p.Threads, 1)
	p.Time = max(p.Time, 1)
	p.MemoryKiB = max(p.MemoryKiB, 8*uint32(p.Threads))
	return &Hasher{params: p, slots: make(chan struct{}, parallel), queue: int64(queue)}
}

// Open is nil while another caller may wait. It is for asking before anything else is done for somebody whose password is to
// be hashed: a flood is turned away without work. Kind: Unavailable, busy.
func (h *Hasher) Open() error {
	if h.waiting.Load() < h.queue || h.queue == 0 {
		return nil
	}
	return h.turnAway()
}

func (h *Hasher) turnAway() error {
	h.refused.Add(1)
	return roster.Errorf(roster.Unavailable, "busy", "Too many people are signing in at this moment. Try again in a few seconds.").After(busyFor)
}

// Hash gives the password's hash in the PHC string format, with a salt of its own. A password of
// more than MaxBytes is refused (Invalid, password_criteria), a full queue too (Unavailable, busy).
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	password, ok := prepare(password)
	if !ok {
		return "", tooLong()
	}
	s := stored{Params: h.params, salt: make([]byte, saltBytes)}
	rand.Read(s.salt)
	key, err := h.compute(ctx, password, s, keyBytes)
	if err != nil {
		return "", err
	}
	s.key = key
	return s.encode(), nil
}

// Verify tells whether encoded is the password's hash, and whether it should be made anew because
// the cost was raised since. A password of more than MaxBytes is not right, and that takes as long
// to say. An encoded form that is damaged or absurdly expensive is an error; a full queue is
// Unavailable, busy.
func (h *Hasher) Verify(ctx context.Context, password, encoded string) (ok, rehash bool, err error) {
	s, err := decode(encoded)
	if err != nil {
		return false, false, err
	}
	password, fits := prepare(password)
	if !fits {
		password = filler
	}
	key, err := h.compute(ctx, password, s, uint32(len(s.key)))
	if err != nil {
		return false, false, err
	}
	ok = subtle.ConstantTimeCompare(key, s.key) == 1 && fits
	return ok, ok && s.cheaperThan(h.params), nil
}

// Decoy takes as long as Verify does on a hash of today's cost. It is for accounts that do not
// exist, so that time does not tell them from those that do.
func (h *Hasher) Decoy(ctx context.Context, password string) error {
	password, ok := prepare(password)
	if !ok {
		password = filler
	}
	_, err := h.compute(ctx, password, stored{Params: h.params, salt: make([]byte, saltBytes)}, keyBytes)
	return err
}

// compute runs one argon2id once a slot is free. It returns early when ctx ends, but the slot is
// free again only when the computation has really finished: leaving must not let others pile up.
func (h *Hasher) compute(ctx context.Context, password string, s stored, size uint32) ([]byte, error) {
	if err := h.enter(ctx); err != nil {
		return nil, err
	}
	running := int64(len(h.slots))
	for most := h.most.Load(); running > most && !h.most.CompareAndSwap(most, running); {
		most = h.most.Load()
	}
	done := make(chan []byte, 1)
	go func() {
		key := argon2.IDKey([]byte(password), s.salt, s.Time, s.MemoryKiB, s.Threads, size)
		h.done.Add(1)
		<-h.slots // before the answer: who has it holds no slot any more
		done <- key
	}()
	select {
	case key := <-done:
		return key, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// enter takes a slot, waiting for it in turn while the queue has room.
func (h *Hasher) enter(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	select {
	case h.slots <- struct{}{}:
		return nil
	default:
	}
	defer h.waiting.Add(-1)
	if h.waiting.Add(1) > h.queue {
		return h.turnAway()
	}
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
