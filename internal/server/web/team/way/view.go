// Package way holds the page on which an administrator chooses how a member comes in.
package way

import (
	ways "roster/internal/action/team/way"
	"roster/internal/roster"
	"roster/internal/server/web"
)

// link is what the form calls e-mail and password, as the forms of new members do.
const link = "link"

// View is the form.
type View struct {
	web.Page
	Form       web.Form
	Offer      ways.Offer
	Methods    []web.Option
	Identifier string       // as kept, or as typed
	Version    string       // comes back as it is, so that a stale form is refused
	Now        []web.Stands // after a stale form was refused: what stands there now and was chosen otherwise
}

func (v View) say(key string) string { return v.Say(key, "name", v.Offer.Label()) }

// standing tells whose account it is, which decides what a change does.
func (v View) standing() string {
	switch {
	case v.Offer.Person == "":
		return "pending"
	case v.Offer.Managed:
		return "managed"
	}
	return "own"
}

// password tells what e-mail and password would mean.
func (v View) password() string { return v.Say("way.password." + v.standing()) }

// connection tells what a connection would mean.
func (v View) connection(name string) string {
	return v.Say("way.connection."+v.standing(), "connection", name)
}

// now names how the member comes in.
func (v View) now() string {
	if v.Offer.Name != "" {
		return v.Offer.Name
	}
	return v.Say("method.password")
}

// differing gives what stands there now where something else was chosen.
func (v View) differing(typed roster.Coming) []web.Stands {
	chosen := v.Say("method.password")
	for _, o := range v.Methods {
		if o.Value == typed.Method {
			chosen = o.Label
		}
	}
	return web.Differing(v.Say("way.field"), v.now(), chosen, v.Say("layout.way.identifier"), v.Offer.Coming.Identifier, typed.Identifier)
}
