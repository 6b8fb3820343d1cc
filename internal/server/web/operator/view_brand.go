package operator

import (
	"roster/internal/roster"
	"roster/internal/server/web"
)

// BrandView is the page of how the installation looks.
type BrandView struct {
	web.Page
	Form    web.Form
	Typed   roster.Brand // as kept, or as typed
	Picture string       // the hash of the logo; empty without one
	Version string       // comes back as it is, so that a stale form is refused
	Now     []web.Stands // after a stale form was refused: what stands there now and was typed otherwise
}
