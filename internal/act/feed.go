package act

import "roster/internal/authz"

// EventList is reading the lines of all organisations' histories, for the host product's own programs.
const EventList Name = "event.list"

func feedActions() []Action {
	return []Action{{Name: EventList, Kind: authz.Read, Who: RootOnly, Global: true, Clients: ClientEvents}}
}
