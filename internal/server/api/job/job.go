// Package job is the API's area of what goes on by itself in an organisation: letters, with what became of each, and imports.
// What an import's rows say is another area's, its maker's.
package job

import (
	"strconv"
	"time"

	"roster/internal/act"
	"roster/internal/action/team/apply/imports"
	"roster/internal/action/team/letters"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/api"
	"roster/internal/store/importdb"
	"roster/internal/store/jobdb/letterdb"
)

type area struct {
	letters *letters.Room
	imports *imports.Room
}

// Routes is the area.
func Routes(l *letters.Room, i *imports.Room) api.Area {
	a := area{l, i}
	return func(d *api.Door) {
		api.Add(d, api.Op("GET /orgs/{org}/jobs", act.JobList, "List imports, whoever sent them in, with how far they are, and the last exports; to who sees a part of the organisation their own imports"), a.jobs)
		api.Add(d, api.Op("GET /orgs/{org}/letters", act.LetterList, "List letters to members, with what became of each, the newest first"), a.list)
		api.Add(d, api.Op("POST /orgs/{org}/letters/send-again", act.MemberResend, "Send invitations again whose letters did not arrive, named ones or all; earlier links die"), a.again,
			api.Named("letter.send_again"), api.Also(act.LetterOffer), api.Tryable)
	}
}

// Letter is a letter to a member. What it says, and the secret of its link, is kept nowhere.
type Letter struct {
	ID       string     `json:"id"`
	Kind     string     `json:"kind" enum:"invitation,way,factor_reset,password_reset,news,digest,visit,deletion,portal" doc:"way: how somebody comes in from now on; digest: the day’s notifications; visit: an operator entered; deletion: the organisation is to be deleted, or is not any more; portal: the portal was opened further."`
	State    string     `json:"state" enum:"waiting,running,refused,given_up,done,cancelled" doc:"refused: by the mail server, for good; given_up: tried too often; done: the mail server took it; cancelled: not wanted any more."`
	Member   Addressee  `json:"member"`
	Attempts int        `json:"attempts"`
	Place    *int       `json:"place" doc:"Of one that waits: as which of the letters that the caller sees it leaves; 1 is the next."`
	QueuedAt time.Time  `json:"queued_at"`
	NextAt   *time.Time `json:"next_at" doc:"When it is tried at the earliest; null where it is not any more. One that is due leaves as soon as those before it did."`
	EndedAt  *time.Time `json:"ended_at"`
	Reason   *string    `json:"reason" doc:"Why the last attempt failed, as the mail server said it, without links."`
	Instead  *string    `json:"instead" enum:"followed,ended,withheld,anew,next,operator" doc:"Of one that did not arrive and is not sent again, what is done about it. followed: another invitation was made since; ended: nobody’s acceptance is waited for; withheld: the caller may not; anew: what it told of is asked for again at the member; next: what happens from now on stands in the next one; operator: whoever operates the installation can try it again."`
	Allowed  []string   `json:"allowed" nullable:"false" doc:"The actions that the caller may do about the letter now."`
}

// Addressee is whom a letter goes to.
type Addressee struct {
	ID    string  `json:"id"`
	Name  string  `json:"name"`
	Email *string `json:"email" doc:"Where it goes now; null where nothing is kept any more."`
}

func letterOf(l letters.Letter) Letter {
	out := Letter{
		ID: l.ID, Kind: l.Kind(), State: string(l.State), Member: Addressee{string(l.To()), l.Member.Label(), api.Text(l.Member.Email.Typed)},
		Attempts: l.Attempt, QueuedAt: api.Exact(l.MadeAt), NextAt: api.Moment(l.Next()), EndedAt: api.Moment(l.DoneAt), Reason: api.Text(l.Error), Instead: api.Text(l.Instead), Allowed: l.Allowed(),
	}
	if l.Place > 0 {
		out.Place = &l.Place
	}
	return out
}

// LetterOutcome is what became of a letter that was to be sent again.
type LetterOutcome struct {
	ID      string          `json:"id" doc:"The letter's."`
	Member  string          `json:"member" doc:"The ID of whom it goes to."`
	Status  int             `json:"status" doc:"As a request for this letter alone would be answered."`
	Problem *server.Problem `json:"problem" doc:"Why it is not sent again; null where it is: by a letter of its own."`
}

// LettersSent are the outcomes, in the order in which the letters were named, or of the list.
type LettersSent struct {
	Items   []LetterOutcome `json:"items" nullable:"false"`
	Done    int             `json:"done"`
	Refused int             `json:"refused"`
	Left    int             `json:"left" doc:"How many more there are, where none was named: at most 500 are sent again at once."`
	Allowed []string        `json:"allowed" nullable:"false" doc:"The actions that the caller may do at this address now."`
}

// Job is work that goes on by itself, an import, or an export: answered as it was asked for, it is done.
type Job struct {
	ID        string     `json:"id" doc:"Of an export: the position of its line in the history."`
	Kind      string     `json:"kind" enum:"import,export"`
	Action    *string    `json:"action" doc:"Of an export: the act, by its name in the history, such as member.export; null of an import."`
	Name      *string    `json:"name" doc:"The file's, or of data about one member theirs; null where it was not told."`
	State     string     `json:"state" enum:"open,running,done,cancelled,stopped" doc:"open: nobody started it yet; stopped: by what problem says."`
	MadeBy    JobMaker   `json:"made_by"`
	Rows      JobRows    `json:"rows"`
	Problem   *string    `json:"problem" doc:"Why it was stopped; null where it was not."`
	CreatedAt time.Time  `json:"created_at"`
	StartedAt *time.Time `json:"started_at"`
	EndedAt   *time.Time `json:"ended_at"`
	NextAt    *time.Time `json:"next_at" doc:"Of one that is under way: when its next rows are done at the earliest."`
	Allowed   []string   `json:"allowed" nullable:"false" doc:"The actions that the caller may do to it now, at imports/{id}: none to another’s."`
}

// JobMaker is who sent an import in, or took an export along.
type JobMaker struct {
	ID   string `json:"id" doc:"As the history names them."`
	Name string `json:"name"`
}

// JobRows tells how many rows are how far.
type JobRows struct {
	Total   int `json:"total"`
	Waiting int `json:"waiting"`
	Wrong   int `json:"wrong"`
	Changed int `json:"changed"`
	Same    int `json:"same"`
	Refused int `json:"refused"`
	LeftOut int `json:"left_out"`
}

func jobOf(w imports.Work) Job {
	out := Job{
		ID: w.ID, Kind: imports.Job, Name: api.Text(w.Name), State: string(w.State), MadeBy: JobMaker{w.MadeBy, w.Maker},
		Rows: JobRows{
			Total: w.Total, Waiting: w.Rows[importdb.Waiting], Wrong: w.Rows[importdb.Wrong], Changed: w.Rows[importdb.Changed], Same: w.Rows[importdb.Same], Refused: w.Rows[importdb.Refused], LeftOut: w.Rows[importdb.LeftOut],
		},
		CreatedAt: api.Exact(w.MadeAt), StartedAt: api.Moment(w.StartedAt), EndedAt: api.Moment(w.EndedAt), NextAt: api.Moment(w.Due), Allowed: []string{},
	}
	if w.Why != nil {
		out.Problem = &w.Why.Message
	}
	if w.Own {
		out.Allowed = api.Each(w.View.Allowed(), func(n act.Name) string { return string(n) })
	}
	return out
}

// exportOf gives an export, of which the history's line is all that there is.
func exportOf(e imports.Export) Job {
	return Job{
		ID: strconv.FormatInt(e.Seq, 10), Kind: "export", Action: &e.Action, Name: api.Text(e.Name), State: string(imports.Done), MadeBy: JobMaker{e.ActorID, e.ActorName},
		CreatedAt: api.Exact(e.At), StartedAt: api.Moment(e.At), EndedAt: api.Moment(e.At), Allowed: []string{},
	}
}

func outcomesOf(chosen []letterdb.Letter, outcomes []letters.Outcome, problem func(error) *server.Problem) LettersSent {
	out := LettersSent{Items: []LetterOutcome{}}
	for i, o := range outcomes {
		item := LetterOutcome{ID: chosen[i].ID, Member: string(chosen[i].To()), Status: 200}
		if o.Err != nil {
			item.Problem = problem(o.Err)
			item.Status = item.Problem.Status
			out.Refused++
		} else {
			out.Done++
		}
		out.Items = append(out.Items, item)
	}
	return out
}

// member gives a filter's member.
func member(name string) roster.MemberID {
	if name == "" {
		return ""
	}
	return api.MemberID(name)
}
