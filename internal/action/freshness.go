package action

import (
	"context"
	"time"
)

// Live tells that this process is the server, whose heartbeat sent at a moment reached the database; the zero
// moment that it is the server no more. Until the lease ends, whether anything changed is known without asking.
func (g *Gate) Live(sent time.Time) { g.db.Live(sent) }

// Follow takes note of what others commit beside this server, under the server's ID, until ctx ends.
func (g *Gate) Follow(ctx context.Context, server string) { g.db.Follow(ctx, server) }

// Followed tells how long ago Follow last found nothing left to take note of.
func (g *Gate) Followed() time.Duration { return g.db.Followed() }
