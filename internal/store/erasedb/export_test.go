package erasedb

import "roster/internal/roster"

// Statements are what a search of a history reads, by the index that each is to read it by.
func Statements(org roster.OrgID, id roster.MemberID) map[string]func() (string, []any) {
	sp := span{org: org}
	return map[string]func() (string, []any){
		"event_actor":  func() (string, []any) { return sp.lines(byActor, id) },
		"event_target": func() (string, []any) { return sp.lines(byTarget, id) },
		"event_beside": func() (string, []any) { return sp.lines(beside) },
	}
}

// Says tells how many texts a line says of a subject.
func (s Subject) Says(body, kept, by, about string) (int, error) {
	_, n, err := s.erased(line{body: body, kept: kept, by: by, about: about})
	return n, err
}
