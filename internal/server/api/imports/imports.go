package imports

import (
	"time"

	"golang.org/x/text/language"

	"roster/internal/act"
	"roster/internal/action/team/apply/imports"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/api"
	"roster/internal/store/importdb"
)

// Import is a table of people that was sent in.
type Import struct {
	ID        string         `json:"id"`
	Name      *string        `json:"name" doc:"The file's; null where it was not told."`
	State     string         `json:"state" enum:"open,running,done,cancelled,stopped" doc:"stopped: by what problem says."`
	Header    []string       `json:"header" nullable:"false"`
	Columns   []string       `json:"columns" nullable:"false" doc:"The field that each column means, as it was guessed or told; empty for one that is left out."`
	Left      []string       `json:"left" nullable:"false" doc:"The headings of columns that are left out."`
	Rows      ImportCount    `json:"rows"`
	Problem   *ImportProblem `json:"problem" doc:"Why it was stopped; null where it was not."`
	CreatedAt time.Time      `json:"created_at"`
	StartedAt *time.Time     `json:"started_at"`
	EndedAt   *time.Time     `json:"ended_at"`
	ETag      string         `json:"etag" doc:"For If-Match and If-None-Match."`
	Allowed   []string       `json:"allowed" nullable:"false" doc:"The actions that the caller may do to the import now."`
}

// Tag gives the import's etag.
func (i Import) Tag() string { return i.ETag }

// ImportCount tells how many rows are how far.
type ImportCount struct {
	Total   int `json:"total"`
	Waiting int `json:"waiting" doc:"Not done yet."`
	Wrong   int `json:"wrong" doc:"Not of the form that is asked for: they are left out until they are corrected."`
	Changed int `json:"changed" doc:"Done."`
	Same    int `json:"same" doc:"All was as they say."`
	Refused int `json:"refused" doc:"Tried, and refused; starting the import again tries them again."`
	LeftOut int `json:"left_out" doc:"By somebody: they are not tried."`
}

func importOf(v imports.View) Import {
	out := Import{
		ID: v.ID, Name: api.Text(v.Name), State: string(v.State), Header: api.List(v.Header), Columns: api.List(v.Columns), Left: api.List(v.Left), Problem: problemOf(v.Why),
		Rows: ImportCount{
			Total: v.Total, Waiting: v.Rows[importdb.Waiting], Wrong: v.Rows[importdb.Wrong], Changed: v.Rows[importdb.Changed], Same: v.Rows[importdb.Same], Refused: v.Rows[importdb.Refused], LeftOut: v.Rows[importdb.LeftOut],
		},
		CreatedAt: api.Exact(v.MadeAt), StartedAt: api.Moment(v.StartedAt), EndedAt: api.Moment(v.EndedAt), Allowed: names(v),
	}
	out.ETag = api.ETag(v.Version, out)
	return out
}

// names gives what may be done to an import.
func names(v imports.View) []string {
	return api.Each(v.Allowed(), func(n act.Name) string { return string(n) })
}

// ImportProblem is what is wrong with a row, or why it or a whole import was refused.
type ImportProblem struct {
	Code    string                `json:"code"`
	Detail  string                `json:"detail"`
	Errors  []server.FieldAtFault `json:"errors" nullable:"false" doc:"The fields that need to be corrected; none where something else is in the way."`
	Missing []string              `json:"missing" nullable:"false" doc:"Permissions and scopes that whoever started it lacks."`
}

func problemOf(e *roster.Error) *ImportProblem {
	if e == nil {
		return nil
	}
	return &ImportProblem{
		Code: e.Code, Detail: e.Message, Missing: api.List(e.Missing),
		Errors: api.Each(e.Fields, func(f roster.FieldError) server.FieldAtFault {
			return server.FieldAtFault{Field: f.Field, Code: f.Code, Message: f.Message}
		}),
	}
}

// ImportRow is a row of an import.
type ImportRow struct {
	Row     int            `json:"row" doc:"Its number in the file, in which the headings are the first row."`
	State   string         `json:"state" enum:"waiting,wrong,changed,same,refused,left_out"`
	Cells   []string       `json:"cells" nullable:"false"`
	Done    []ImportDeed   `json:"done" nullable:"false" doc:"The acts that were done for it; of a plan: that would be."`
	Undo    []string       `json:"undo" nullable:"false" doc:"How what was done is undone, the last first, in words and by the command; of a plan: nothing."`
	Problem *ImportProblem `json:"problem" doc:"What to correct; null where nothing is wrong."`
}

// ImportDeed is an act that was done for a row.
type ImportDeed struct {
	Action   string        `json:"action" doc:"The act, by its name in the history."`
	ID       *string       `json:"id" doc:"The member's; null for one that is only planned to be made."`
	Name     string        `json:"name"`
	ClientID *string       `json:"client_id" doc:"Of an API user that was made, which has no secret yet: who may makes its first one."`
	Changes  []ImportField `json:"changes" nullable:"false"`
	Gained   []string      `json:"gained" nullable:"false" doc:"What is held from now on."`
	Lost     []string      `json:"lost" nullable:"false" doc:"What was held before with an earlier end, in place of which something is gained."`
}

// ImportField is a field that got another value.
type ImportField struct {
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

func rowOf(r imports.Row) ImportRow {
	out := ImportRow{Row: r.Number, State: string(r.State), Cells: api.List(r.Cells), Problem: problemOf(r.Problem), Done: []ImportDeed{}, Undo: api.Each(r.Undo(language.English), roster.Phrase.String)}
	for _, d := range r.Did {
		deed := ImportDeed{
			Action: d.Action, ID: api.Text(d.ID), Name: d.Name, ClientID: api.Text(d.ClientID), Gained: api.List(d.Gained), Lost: api.List(d.Lost),
			Changes: api.Each(d.Changes, func(c imports.Change) ImportField { return ImportField{c.Field, c.From, c.To} }),
		}
		if r.Planned && d.Made() {
			deed.ID, deed.ClientID = nil, nil
		}
		out.Done = append(out.Done, deed)
	}
	return out
}

// ImportPlan is what applying an import would do now.
type ImportPlan struct {
	Items []ImportRow `json:"items" nullable:"false" doc:"The rows that were tried, in their order: of those that wait or were refused the first 10,000, and no more than are begun within three seconds."`
	Left  int         `json:"left" doc:"Rows that wait and were not tried."`
	Paced bool        `json:"paced" doc:"Whether letters would have to wait, and so the rows that are left."`
}
