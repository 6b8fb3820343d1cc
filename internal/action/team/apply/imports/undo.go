package imports

import (
	"slices"
	"strings"

	"golang.org/x/text/language"

	"roster/internal/act"
	"roster/internal/people"
	"roster/internal/people/column"
	"roster/internal/roster"
)

// Undo tells how what was done for a row is undone, the last first: in words, with the command that does it. Fields are called
// by a language's headings. Whoever was made is removed, and with them whatever the row gave them. Of a plan there is nothing
// to undo.
func (r Row) Undo(tag language.Tag) []roster.Phrase {
	var all []roster.Phrase
	if r.Planned {
		return nil
	}
	for _, d := range slices.Backward(r.Did) {
		if d.Made() {
			return []roster.Phrase{roster.Phrasef("Remove %s: %s", d.Name, d.command("remove")+" --yes")}
		}
		all = append(all, d.undo(tag)...)
	}
	return all
}

// undo tells how one act is undone.
func (d Deed) undo(tag language.Tag) []roster.Phrase {
	var all []roster.Phrase
	if d.Action == string(act.MemberUnblock) {
		all = append(all, roster.Phrasef("Block %s: %s", d.Name, d.command("block")))
	}
	for _, c := range d.Changes {
		field := column.Field(c.Field).Heading(tag)
		command := d.command("edit") + " --" + strings.ReplaceAll(c.Field, "_", "-") + "=" + quoted(c.From)
		if c.From == "" {
			all = append(all, roster.Phrasef("Clear “%s” of %s: %s", field, d.Name, command))
		} else {
			all = append(all, roster.Phrasef("Set “%s” of %s back to “%s”: %s", field, d.Name, c.From, command))
		}
	}
	for _, g := range d.Gained {
		all = append(all, roster.Phrasef("Take “%s” away from %s: %s", g, d.Name, d.command("withdraw")+named(g, false)))
	}
	for _, g := range d.Lost {
		all = append(all, roster.Phrasef("Give %s “%s” again: %s", d.Name, g, d.command("grant")+named(g, true)))
	}
	return all
}

// command gives a command about the member.
func (d Deed) command(verb string) string { return "roster user " + verb + " " + d.ID }

// named names a grant, which was kept as it stands in a cell, to a command; with its end where it is given.
func named(text string, given bool) string {
	all, err := people.ParseGrants(text)
	if err != nil || len(all) != 1 {
		return ""
	}
	g, said := all[0], ""
	for _, part := range []struct{ flag, value string }{{"role", g.Role}, {"permission", g.Permission}, {"scope", g.Scope}, {"at", g.Unit}} {
		if part.value != "" {
			said += " --" + part.flag + "=" + quoted(part.value)
		}
	}
	if given && !g.Until.IsZero() {
		said += " --until=" + people.WriteEnd(g.Until)
	}
	return said
}

// quoted writes a value so that a shell takes it as it is.
func quoted(value string) string {
	plain := func(c rune) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("-_.:@+", c)
	}
	if value != "" && !strings.ContainsFunc(value, func(c rune) bool { return !plain(c) }) {
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}
