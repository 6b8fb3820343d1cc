package main

import (
	"cmp"
	"context"
	"fmt"
	"runtime"

	"golang.org/x/crypto/argon2"

	"roster/internal/action/signin"
	"roster/internal/roster"
	"roster/internal/secret"
)

// signers is how many people sign in at once: more than there are cores, so that none of them idles while
// one waits for the disk, and fewer than the queue holds.
const signers = 8

// signIns compares signing in by password (tries, session and history included) with argon2id alone, at
// the same cost and on as many cores.
func signIns(ctx context.Context, b *bench, show func(line)) error {
	p, salt := secret.DefaultParams(), []byte("0123456789abcdef")
	bare := side{workers: runtime.GOMAXPROCS(0), op: func(context.Context, int) error {
		argon2.IDKey([]byte(password), salt, p.Time, p.MemoryKiB, p.Threads, 32)
		return nil
	}}
	return b.eachHouse(ctx, signers, func(h *house) error {
		devices := make([]string, signers) // each comes from the browser they signed in on before
		ours := side{workers: signers, op: func(ctx context.Context, w int) error {
			nobody := roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: ip(w), Request: "req_bench"}
			s, err := h.SignIn.SignIn(roster.WithActor(ctx, nobody), signin.Try{Email: address(w), Password: password, Agent: "bench", Device: devices[w]})
			devices[w] = cmp.Or(s.Device, devices[w])
			return err
		}}
		l, err := b.compare(ctx, pair{name: fmt.Sprintf("sign-in, %s", h.kind), ours: ours, limit: bare, reach: 0.9})
		if err == nil {
			show(l)
		}
		return err
	})
}
