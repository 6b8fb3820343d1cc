// Package people is the API's area of files that describe an organisation's people: planned, applied and exported. One
// member, role or customer account alone is another area's.
package people

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"roster/internal/act"
	"roster/internal/action/team/apply"
	"roster/internal/people"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/api"
)

type area struct{ room *apply.Room }

// media are the types by which a file may call itself.
func media() []string {
	return []string{"application/yaml", "application/json", "text/csv", "application/x-yaml", "text/yaml"}
}

// Routes is the area.
func Routes(r *apply.Room) api.Area {
	a := area{r}
	return func(d *api.Door) {
		const all = "/orgs/{org}/people"
		takes := api.TakesFile(d, people.MostBytes, PeopleFile{}, media()...)
		api.Add(d, api.Op("POST "+all+"/plan", act.PeoplePlan, "Look what a file that describes the people would change (YAML, JSON or CSV)"), a.plan, takes)
		api.Add(d, api.Op("POST "+all+"/apply", act.PeopleApply, "Make the people what a file describes (YAML, JSON or CSV)"), a.apply, takes, api.Also(act.PeoplePlan))
		api.Add(d, api.Op("POST "+all+"/export", act.PeopleExport, "Export the people as such a file; the history tells of it"), a.export,
			api.GivesFile("The file.", people.YAML.Media(), people.JSON.Media(), people.CSV.Media()))
	}
}

// PeopleFile is a file as JSON. What it does not name stays as it is.
type PeopleFile struct {
	Prune   string         `json:"prune,omitempty" enum:"none,block,remove" doc:"What becomes of members whom the file does not name: nothing when absent."`
	Units   []PeopleUnit   `json:"units,omitempty" nullable:"false"`
	Roles   []PeopleRole   `json:"roles,omitempty" nullable:"false"`
	Members []PeopleMember `json:"members,omitempty" nullable:"false"`
}

// PeopleUnit is a customer account or group as a file describes it.
type PeopleUnit struct {
	ID         string  `json:"id,omitempty"`
	ExternalID *string `json:"external_id,omitempty"`
	Kind       string  `json:"kind,omitempty" enum:"account,group"`
	Name       *string `json:"name,omitempty"`
	Parent     *string `json:"parent,omitempty" doc:"An ID or external ID; empty for the top."`
	Archived   bool    `json:"archived,omitempty"`
}

// PeopleRole is a role as a file describes it.
type PeopleRole struct {
	ID          string   `json:"id,omitempty"`
	Key         string   `json:"key,omitempty"`
	Name        *string  `json:"name,omitempty"`
	Description *string  `json:"description,omitempty"`
	For         *string  `json:"for,omitempty" enum:"any,external,api"`
	Permissions []string `json:"permissions,omitempty" nullable:"false"`
	Scopes      []string `json:"scopes,omitempty" nullable:"false"`
	Removed     bool     `json:"removed,omitempty"`
}

// PeopleMember is a member as a file describes them.
type PeopleMember struct {
	ID         string         `json:"id,omitempty"`
	ExternalID *string        `json:"external_id,omitempty"`
	Email      string         `json:"email,omitempty"`
	ClientID   string         `json:"client_id,omitempty"`
	Kind       string         `json:"kind,omitempty" enum:"regular,external,api"`
	FirstName  *string        `json:"first_name,omitempty"`
	LastName   *string        `json:"last_name,omitempty"`
	Name       *string        `json:"name,omitempty" doc:"Of an API user."`
	Phone      *string        `json:"phone,omitempty"`
	Unit       *string        `json:"unit,omitempty" doc:"Of an external user: an ID or external ID."`
	EndsAt     *string        `json:"ends_at,omitempty" doc:"Of an API user: a moment (RFC 3339), or a day of UTC, at whose end its time is over; empty for never."`
	Blocked    bool           `json:"blocked,omitempty"`
	Removed    bool           `json:"removed,omitempty"`
	Grants     []PeopleGiving `json:"grants,omitempty" nullable:"false" doc:"All that they hold; what is not among them ends."`
}

// PeopleGiving is a grant as a file describes it: exactly one of role, permission and scope.
type PeopleGiving struct {
	Role       string `json:"role,omitempty" doc:"A role's key or ID."`
	Permission string `json:"permission,omitempty"`
	Scope      string `json:"scope,omitempty"`
	Unit       string `json:"unit,omitempty" doc:"A customer account's external ID or ID."`
	Until      string `json:"until,omitempty" doc:"A moment (RFC 3339), or a day of UTC, at whose end it is over."`
}

// PeopleGrant is a grant that somebody gains or loses.
type PeopleGrant struct {
	Role       string     `json:"role,omitempty" doc:"A role's key."`
	Permission string     `json:"permission,omitempty"`
	Scope      string     `json:"scope,omitempty"`
	Unit       string     `json:"unit,omitempty" doc:"A customer account's external ID, or its ID where it has none."`
	Until      *time.Time `json:"until,omitempty"`
}

func grantOf(g apply.Grant) PeopleGrant {
	return PeopleGrant{Role: g.Role, Permission: g.Permission, Scope: g.Scope, Unit: g.Unit, Until: api.Moment(g.Until)}
}

// PeopleChange is one act that a file asks for, and what became of it.
type PeopleChange struct {
	Line     int             `json:"line" doc:"Of the file; 0 for members whom it does not name."`
	What     string          `json:"what" enum:"unit,role,member,file"`
	ID       *string         `json:"id" doc:"null for what is only planned to be made."`
	Name     string          `json:"name"`
	Action   *string         `json:"action" doc:"The act, by its name in the history; null where what the file says cannot be meant."`
	Status   int             `json:"status" doc:"As a request for this alone would be answered."`
	Changes  []PeopleField   `json:"changes" nullable:"false"`
	Gained   []PeopleGrant   `json:"gained" nullable:"false"`
	Lost     []PeopleGrant   `json:"lost" nullable:"false"`
	Problem  *server.Problem `json:"problem" doc:"Why it was refused; null where it was done."`
	ClientID *string         `json:"client_id" doc:"Of an API user that was made."`
	Secret   *string         `json:"client_secret" doc:"Likewise, this once: null when the answer is given again."`
}

// PeopleField is a field that gets another value.
type PeopleField struct {
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// PeopleOutcome is what a file changes, in the order in which it is done. What is as the file says is not in it.
type PeopleOutcome struct {
	Items    []PeopleChange `json:"items" nullable:"false"`
	Done     int            `json:"done" doc:"Of a plan: how many would be."`
	Refused  int            `json:"refused"`
	Complete bool           `json:"complete" doc:"false where applying ended before the file did, for what the last item says. Apply it again: what was done stands."`
	Next     string         `json:"next,omitempty" doc:"Where a step goes on; never in a whole answer."`
	Allowed  []string       `json:"allowed" nullable:"false" doc:"The actions that the caller may do at this address now."`
}

func outcomeOf(ctx context.Context, r apply.Result, planned, once bool) PeopleOutcome {
	out := PeopleOutcome{Items: make([]PeopleChange, len(r.Changes)), Done: r.Done, Refused: r.Refused, Complete: true, Allowed: api.Here(ctx)}
	if !r.Over() {
		out.Next = r.Next.String()
	}
	for i, c := range r.Changes {
		out.Items[i] = changeOf(ctx, c, planned, once)
	}
	return out
}

func changeOf(ctx context.Context, c apply.Change, planned, once bool) PeopleChange {
	out := PeopleChange{
		Line: c.Line, What: c.What, ID: api.Text(c.ID), Name: c.Name, Action: api.Text(string(c.Does)), Status: http.StatusOK,
		Changes: []PeopleField{}, Gained: api.Each(c.Gained, grantOf), Lost: api.Each(c.Lost, grantOf),
	}
	for _, f := range c.Fields {
		out.Changes = append(out.Changes, PeopleField{f.Name, f.From, f.To})
	}
	if c.Made() {
		out.Status = http.StatusCreated
	}
	if c.Made() && (planned || c.Err != nil) {
		out.ID = nil
	}
	if c.Err != nil {
		out.Problem = server.NewProblem(ctx, c.Err)
		out.Problem.RequestID = "" // the answer's own header has it
		out.Status = out.Problem.Status
	} else if !planned {
		out.ClientID = api.Text(c.ClientID)
		if once {
			out.Secret = api.Text(c.Secret)
		}
	}
	return out
}

// PlanRequest is the request to look what a file would change.
type PlanRequest struct {
	api.Inside
	RawBody []byte
}

func (a area) plan(ctx context.Context, in *PlanRequest) (*api.Shown[PeopleOutcome], error) {
	f, err := people.Read(in.RawBody)
	if err != nil {
		return nil, err
	}
	r, err := a.room.Plan(ctx, f)
	if err != nil {
		return nil, err
	}
	return &api.Shown[PeopleOutcome]{Body: outcomeOf(ctx, r, true, false)}, nil
}

// ApplyRequest is the request to apply a file.
type ApplyRequest struct {
	api.Inside
	api.Repeatable
	DryRun  bool `query:"dry_run" doc:"true changes nothing: the answer is that of …/people/plan."`
	RawBody []byte
}

// apply goes through a file step by step. Each step keeps its answer under a key of its own: a request that comes again
// after a crash finds what was done, and goes on.
func (a area) apply(ctx context.Context, in *ApplyRequest) (*api.Written[PeopleOutcome], error) {
	f, err := people.Read(in.RawBody)
	if err != nil {
		return nil, err
	}
	if in.DryRun {
		r, err := a.room.Plan(ctx, f)
		return &api.Written[PeopleOutcome]{Status: http.StatusOK, Body: outcomeOf(ctx, r, true, false)}, err
	}
	whole := &api.Written[PeopleOutcome]{Status: http.StatusOK, Body: PeopleOutcome{Items: []PeopleChange{}, Complete: true, Allowed: api.Here(ctx)}}
	var from apply.Place
	for step := 0; ; step++ {
		ctx := stepped(ctx, step)
		out, err := api.Write(ctx, http.StatusOK, func() (apply.Result, error) { return a.room.Step(ctx, f, from) },
			func(r apply.Result, once bool) PeopleOutcome { return outcomeOf(ctx, r, false, once) })
		if err != nil && step == 0 {
			return nil, err
		}
		if err != nil {
			whole.Body.Complete = false
			whole.Body.Items = append(whole.Body.Items, changeOf(ctx, apply.Change{What: "file", Name: f.Name, Err: roster.AsError(err)}, false, false))
			return whole, nil
		}
		b := &whole.Body
		b.Items, b.Done, b.Refused = append(b.Items, out.Body.Items...), b.Done+out.Body.Done, b.Refused+out.Body.Refused
		whole.Seq, whole.Replayed = out.Seq, out.Replayed
		if out.Body.Next == "" {
			return whole, nil
		}
		if from, err = apply.ParsePlace(out.Body.Next); err != nil {
			return nil, err
		}
	}
}

// stepped gives a step's sheet.
func stepped(ctx context.Context, step int) context.Context {
	actor := roster.ActorFrom(ctx)
	call := *actor.Call
	if step > 0 && call.Key != "" {
		call.Key += fmt.Sprintf(" %d", step) // no key that is sent has a space
	}
	actor.Call = &call
	return server.WithActor(ctx, actor)
}

// PeopleExport says as what the people leave.
type PeopleExport struct {
	Format string `json:"format" enum:"yaml,json,csv"`
}

// ExportRequest is the request to export the people. It is no repeatable one: each is an event of its own.
type ExportRequest struct {
	api.Inside
	Body PeopleExport
}

func (a area) export(ctx context.Context, in *ExportRequest) (*api.Download, error) {
	format, err := people.ParseFormat(in.Body.Format)
	if err != nil {
		return nil, err
	}
	return api.Downloaded(ctx, func(ctx context.Context) (server.Sending, error) {
		f, err := a.room.Export(ctx, format)
		if err != nil {
			return server.Sending{}, err
		}
		return server.Sending{Name: f.Name, Media: f.Media, Size: f.Size, ReadCloser: f}, nil
	})
}
