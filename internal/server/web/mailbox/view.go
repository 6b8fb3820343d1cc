// Package mailbox holds the pages on which somebody changes the address that they sign in by: the form, and what the
// mailed links lead to.
package mailbox

import "roster/internal/server/web"

// ChangeView is where somebody asks for another address.
type ChangeView struct {
	web.Page
	Form  web.Form
	Now   string // the address they sign in by
	Typed string
	Asked string // the one that they asked for before; empty for none
}

// LinkView is what a mailed link leads to.
type LinkView struct {
	web.Page
	Form   web.Form
	Old    string // the address that is left; empty for the holder of the new one, who need not know it
	New    string
	Proved bool // this mailbox has proved it, and the other is waited for
}

// OverView says that a link does not work any more.
type OverView struct{ web.Page }

// RefusedView says that nothing changes, and what to do.
type RefusedView struct{ web.Page }
