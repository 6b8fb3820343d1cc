package web

import (
	"roster/internal/login"
	"roster/internal/roster"
)

// Coming gives how a form says that somebody new comes in, by its fields way and identifier: an unknown way is refused.
func Coming(f map[string]string) roster.Coming {
	if way := f["way"]; way != "" && way != "link" && way != "password" {
		return roster.Coming{Method: way, Identifier: f["identifier"]}
	}
	return roster.Coming{}
}

// Ways completes what a form offers with the login methods that are ready; without fields it begins with the first.
func (v *Visit) Ways(w WayIn, f map[string]string) WayIn {
	// The offer is a help: where it cannot be found out, a link is.
	all, _ := v.Desk.Methods.Offer(v.Context())
	w.Linkless = len(all) > 0
	for _, m := range all {
		if m.Kind == login.Password {
			w.Linkless = false
			continue
		}
		w.Connections = append(w.Connections, Option{Value: m.ID, Icon: "shield", Label: m.Name, Text: v.Page.Say("layout.way.connection.text", "name", m.Name), Checked: m.ID == f["way"]})
	}
	if w.Offered = w.Offered && !w.Linkless; w.Linkless && Coming(f).Method == "" {
		w.Connections[0].Checked = true
	}
	w.Password, w.Identifier = f["way"] == "password", f["identifier"]
	return w
}

// connected tells whether a connection is chosen.
func (w WayIn) connected() bool {
	for _, o := range w.Connections {
		if o.Checked {
			return true
		}
	}
	return false
}

// options are the ways to choose from.
func (w WayIn) options(p Page) []Option {
	var all []Option
	if !w.Linkless {
		all = append(all, Option{Value: "link", Icon: "mail", Label: p.Say("layout.way.link"), Text: p.Say("layout.way.link.text"), Checked: !w.Password && !w.connected()})
	}
	all = append(all, w.Connections...)
	if w.Offered {
		all = append(all, Option{Value: "password", Icon: "key", Label: p.Say("layout.way.password"), Text: p.Say("layout.way.password.text", "time", w.Lasts), Checked: w.Password})
	}
	return all
}

// MethodOptions are the login methods to invite by, e-mail and password without a value; none where it is the only one.
func (v *Visit) MethodOptions(chosen string) []Option {
	all, _ := v.Desk.Methods.Offer(v.Context()) // a help, as in Ways
	var list []Option
	for _, m := range all {
		o := Option{Value: m.ID, Label: m.Name, Checked: m.ID == chosen}
		if m.Kind == login.Password {
			o = Option{Label: v.Page.Say("method.password"), Checked: chosen == ""}
		}
		list = append(list, o)
	}
	if len(list) == 1 && list[0].Value == "" {
		return nil
	}
	return list
}
