package roster

import "context"

// ActorKind tells what sort of principal acts.
type ActorKind string

// The kinds of actors.
const (
	ActorNobody   ActorKind = "nobody"         // not signed in
	ActorPerson   ActorKind = "person"         // signed in, in no organisation yet
	ActorMember   ActorKind = "member"         // signed in and in an organisation
	ActorAPIUser  ActorKind = "api_user"       // an API user with a token
	ActorClient   ActorKind = "product_client" // the host product's own program, with a token
	ActorInvitee  ActorKind = "invitee"        // holds an invitation's secret, is not a member yet
	ActorCLI      ActorKind = "cli"            // the command line with the database at hand: root
	ActorSystem   ActorKind = "system"         // Roster itself: jobs and sweeps
	ActorOperator ActorKind = "operator"       // signed in, and in the operator area
)

// Door names a way in, as it stands in the history.
type Door string

// The doors.
const (
	DoorDashboard Door = "dashboard"
	DoorAPI       Door = "api"
	DoorOAuth     Door = "oauth"
	DoorCLI       Door = "cli"
	DoorJobs      Door = "jobs"
)

// Actor is who asks, where, and through which door. It rides in the context, and nothing else does.
type Actor struct {
	Kind         ActorKind
	Organisation OrgID    // the organisation the request is about
	Member       MemberID // the actor's own member there; empty when none
	Person       PersonID
	Name         string // as shown in the history
	Session      string // the session's public identifier; empty without one
	Proofs       []Proof
	Client       string   // a product client's ID
	Scopes       []string // permissions an API user's token is narrowed to, nil for no narrowing; a product client's permissions
	Writes       bool     `json:"-"` // an operator inside an organisation that lets operators change something
	Door         Door
	Request      string // the request's identifier
	IP           string // the client's address
	Call         *Call  `json:"-"` // the request's own sheet; nil where nobody asks for it
}

// Root tells whether the actor stands outside permissions: the command line and Roster itself.
func (a Actor) Root() bool { return a.Kind == ActorCLI || a.Kind == ActorSystem }

// SignedIn tells whether the actor has proved who they are.
func (a Actor) SignedIn() bool {
	return a.Kind == ActorMember || a.Kind == ActorAPIUser || a.Kind == ActorPerson || a.Kind == ActorClient || a.Kind == ActorOperator
}

// ID gives what the history calls the actor: the member, else the person, else the product client, else the kind.
func (a Actor) ID() string {
	switch {
	case a.Member != "":
		return string(a.Member)
	case a.Person != "":
		return string(a.Person)
	case a.Client != "":
		return a.Client
	}
	return string(a.Kind)
}

type actorKey struct{}

// WithActor puts the actor into the context.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorFrom gives the context's actor; without one it is nobody.
func ActorFrom(ctx context.Context) Actor {
	if a, ok := ctx.Value(actorKey{}).(Actor); ok {
		return a
	}
	return Actor{Kind: ActorNobody}
}

// Call is one request as the gate answers it: what the door needs beside the result. A request that
// may come twice carries a Key; the gate keeps its answer in the transaction of the act.
type Call struct {
	Key     string                           // the Idempotency-Key; empty without one
	MAC     string                           // of the request: another one under the same key is refused
	Encode  func(result any) (Answer, error) // turns the result into the answer to keep, without secrets
	DryRun  bool                             // the act is tried and taken back: nothing stands, and no answer is kept
	Version int64                            // of the member acted on, as it was looked at; 0 to take whatever is there
	Replay  *Answer                          // set by the gate when the request was answered before
	Seq     int64                            // set by the gate: the history's position after the act
}

// Answer is what a request was answered with.
type Answer struct {
	Status int
	Body   string
	Seq    int64
}
