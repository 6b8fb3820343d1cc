package act

import "roster/internal/authz"

// What an administrator follows of what goes on by itself: letters, and imports. Sending a letter again is MemberResend.
const (
	LetterList  Name = "letter.list"
	LetterOffer Name = "letter.offer" // those that can be sent again
	JobList     Name = "job.list"
)

// letterActions show what lies in the reader's sight; whoever sees members may know what became of their letters.
func letterActions() []Action {
	return []Action{
		{Name: LetterList, Permission: authz.MembersRead, Kind: authz.Read, Anywhere: true},
		{Name: LetterOffer, Permission: authz.MembersWrite, Kind: authz.Read, Anywhere: true},
		{Name: JobList, Permission: authz.MembersRead, Kind: authz.Read, Anywhere: true},
	}
}
