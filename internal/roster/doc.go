// Package roster holds every word Roster uses (identifiers, errors, actors, events, organisations, persons, members,
// invitations, roles, grants, plans) and the rules about them that need no look-up. It does no input or output, reads no
// clock and imports nothing of this module.
package roster
