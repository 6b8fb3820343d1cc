package roster

import "time"

// Ref points at a thing: its kind ("member", "unit", "organisation", …), its identifier and the name it had then.
type Ref struct {
	Kind, ID, Name string
	At             UnitID // where an act makes something new; the history does not keep it
}

// RefMember points at a member.
func RefMember(id MemberID, name string) Ref { return Ref{Kind: "member", ID: string(id), Name: name} }

// RefOrganisation points at an organisation.
func RefOrganisation(id OrgID, name string) Ref {
	return Ref{Kind: "organisation", ID: string(id), Name: name}
}

// RefPerson points at a person.
func RefPerson(id PersonID) Ref { return Ref{Kind: "person", ID: string(id)} }

// Change is one field that an action changed. A secret never stands in From or To; "(set)" does.
type Change struct {
	Of    Ref    // what was changed
	Field string // which field, in the API's spelling
	From  string // empty for a new thing
	To    string // empty for a thing that ended
}

// Event is one line of the history: who did what to whom, when, from where.
type Event struct {
	Organisation OrgID
	Seq          int64 // its place in the organisation's history, from 1, without gaps
	At           time.Time
	Action       string
	ActorKind    ActorKind
	ActorID      string
	ActorName    string
	Door         Door
	Request      string
	IP           string
	Target       Ref
	Refused      string // the code of the refusal; empty when the action was done
	Count        int    // how many refusals the line stands for; 0 when it was done
	Changes      []Change
	Hash         string // SHA-256, hex, over the line and the hash before it
}
