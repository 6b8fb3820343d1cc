// Package mail writes letters and hands them to a mail server: one letter to one recipient, over
// TLS. It does not queue, retry or remember, and it does not decide who gets a letter; jobs does.
package mail

import "context"

// Letter is one letter to one recipient, ready to be handed over.
type Letter struct {
	ID      string // stands in its Message-ID, so that a letter that arrives twice can be told; letters, digits, ".", "_", "-"
	To      string // a bare address
	Subject string // one line
	Text    string
	HTML    string
	House   string // the installation's own name as a sender; empty for what the server was started with
	Sender  string // who writes, before the installation's own name; empty for that alone
	ReplyTo string // whom answers reach; empty for the sender's address
}

// Carrier hands a letter over to whoever takes it on. No error means that they did.
// Permanent, Unsent and Reason tell what an error means.
type Carrier interface {
	Carry(ctx context.Context, l Letter) error
}
