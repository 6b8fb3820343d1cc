// Package history holds the pages of an organisation's history. It reads no history itself.
package history

import (
	"roster/internal/roster"
	"roster/internal/server/web"
)

// ListView is a page of the history, the newest line first.
type ListView struct {
	web.Page
	Events     []roster.Event
	NextCursor string // empty on the last page
	Later      bool   // this is not the first page
}
