package arch

import (
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"slices"
	"strings"
	"testing"

	"roster/internal/act"
)

// gates are the ways through the gate.
var gates = []string{"Do", "DoEach", "DoSeries", "Look", "LookAt", "Note", "NoteKept", "NoteOnce"}

// around are use cases that pass the gate more or less than once, and may.
var around = reasons{
	"internal/action/signin.Accept":          "the link is looked up by its secret, and only then is the organisation known whose lock is taken",
	"internal/action/signin.AcceptBy":        "likewise",
	"internal/action/signin/connect.SignIn":  "the provider is asked outside any transaction, once the method and the moment are known",
	"internal/action/signin/connect.Test":    "likewise",
	"internal/action/signin/connect.Return":  "what came back is used up, the provider is asked outside any transaction, and what follows is an acceptance, a test, a confirmation or a session",
	"internal/action/signin/connect.Confirm": "as SignIn's",
	"internal/action/signin.SignIn":          "the slow hash runs between looking the person up and starting the session; a failed try is bookkeeping",
	"internal/action/signin.Second":          "the second step is looked up by its secret, and its try counted, before the session begins",
	"internal/action/signin.Confirm":         "the slow hash runs between looking the person up and renewing the session; a failed try is bookkeeping",
	"internal/action/signin.LetGo":           "the slow hash runs between looking the reset up by its secret and finishing it; a failed try is bookkeeping",
	"internal/action/signin.Choose":          "the slow hash runs between showing the choice and keeping the password; the session begins after that, at the installation",
	"internal/action/apiuser.Authenticate":   "a wrong secret is bookkeeping",
	"internal/action/apiuser.Asserted":       "an assertion that was good is used up, and a wrong one counted: bookkeeping",
	"internal/action/keyring.Tend":           "keys that are over are forgotten, and it is looked whether the next is due, before one is made: bookkeeping and an act",
	"internal/action/team/export.Export":     "the rows are read and written down before the history is told how many left",
	"internal/action/history/export.Export":  "likewise",
	"internal/action/team.Create":            "the slow hash runs between asking the right and creating the member",
	"internal/action/team.SetPassword":       "the slow hash runs between asking the right and keeping the password",
	"internal/action/signin.Check":           "notes, at most once a minute, that the session was used",
	"internal/action/feed.Read":              "the right is asked, then lines get numbers, which is bookkeeping, and then they are read",
	"internal/action/feed.Listen":            "gives an ear, which hears that something was committed and nothing of what",
	"internal/action/history.Listen":         "gives an ear, which hears that something was committed and nothing of what",
	"internal/action/org.Enter":              "notes, at most once a minute, that the member was here",
	"internal/action/team/view.Save":         "asks whether the actor is a member and how many views they have, and notes one more: bookkeeping takes no right",
	"internal/action/team/view.Edit":         "likewise, and notes the change",
	"internal/action/team/view.Delete":       "likewise, and notes that it is gone",
	"internal/action/signin.Settings":        "gives what the program was started with",
	"internal/action/history.Key":            "gives the public key, which is derived from the installation's",

	"internal/action/signin/password.Change": "the slow hash runs between asking the right and keeping the password",

	"internal/action/org/export.Export": "that everything was taken away is told before any of it is read",

	"internal/action/team/erasure.Erase": "a history is long: what it says of the member is found before anything is locked, and what came since within",

	"internal/action/news.Read":    "asks whether the actor is a member, and notes that they read something of theirs: bookkeeping takes no right",
	"internal/action/news.Prepare": "the job and what happened are looked up before it is asked what the addressee may know of it",

	"internal/action/team/apply.Export": "the file is written before the history is told how much left",

	"internal/action/self.OfMember":             "that a member's data was taken is told before any of it is read",
	"internal/action/team/apply/imports.Map":    "a large table's rows are checked anew some at a time, after what its columns mean stands",
	"internal/action/team/apply/imports.Upload": "the right is asked before the file is read, and its rows are kept some at a time: bookkeeping",
	"internal/action/team/apply/imports.Step":   "the import is looked up before its rows are done under the authority of whoever started it; one that may not go on is stopped",

	"internal/action/backup.Write": "that everything was copied is told before any of it is read",

	"internal/action/self.Data": "that the data was given is told before any of it is read and sent",

	"internal/action/signin/recovery.Forgot":  "asks whether anybody may ask, and queues a letter: bookkeeping takes no right",
	"internal/action/signin/recovery.Find":    "likewise",
	"internal/action/signin/recovery.Recover": "finds where somebody belongs, and writes the history of each of these organisations before the installation's, which makes the link",

	"internal/action/signin/mailbox.Prove":   "the installation's line decides whose the address is; then the person's members follow, each under its organisation's lock",
	"internal/action/signin/mailbox.Undo":    "likewise, and the slow hash runs before",
	"internal/action/signin/mailbox.CatchUp": "finds who is behind, lets each follow under its organisation's lock, and forgets what is over: bookkeeping",

	"internal/action/signin/portal.Enter": "the link is looked up to know as whom its use is told",
	"internal/action/outbox.AgainAll":     "the dead letters are found before each is moved, under a line of its own",
	"internal/action/outbox.DropAll":      "likewise",

	"internal/action/webhook.Test": "the receiver is asked outside any transaction, between asking the right and telling the history",

	"internal/action/signin.AskSecond":       "the second step is looked up, and its person's keys, before it is noted what the browser is asked",
	"internal/action/signin.AskConfirm":      "the keys are looked up before it is noted what the browser is asked",
	"internal/action/signin.SignInByPasskey": "what the browser was asked is used up, and the key's person found, before the session begins",
	"internal/action/factor.AskPasskey":      "the right is asked, and the person's keys looked up, before it is noted what the browser is asked",
	"internal/action/factor.AddPasskey":      "what the browser was asked is used up, whatever became of it, before the key is kept",
}

// more are actions with several use cases, or none.
var more = reasons{
	"brand.show":            "Show gives it to pages, the outbox's House to letters as they leave",
	"catalogue.show":        "Show gives the catalogue, Plan what another would change in it",
	"connection.start":      "SignIn, Accept, Test and Confirm leave for a provider, Return comes back; each looks the method up, and Confirming tells by which one confirms",
	"event.list":            "Read gives a page, May asks the right for who waits",
	"history.list":          "List gives a page, Newest tells who waits how far there are lines",
	"member.history":        "OfMember gives a page, NewestOf tells who waits how far there are lines, and Export asks it of the lines about one",
	"invitation.accept":     "Accept takes a password or a session, AcceptBy what a provider says",
	"method.test":           "Test leaves for the provider, Return keeps that it worked, TestPlace tells a program where",
	"member.invite":         "Invite adds one, InviteEach several",
	"member.list":           "List gives a page, Chosen all whom a filter chooses for an act on several, the bulk room's Who names those of a batch",
	"view.list":             "List gives all that is kept of a member, Show one view",
	"member.block":          "Block stops one, the bulk room's several",
	"member.unblock":        "Unblock admits one, the bulk room's several",
	"import.show":           "Show gives one, Upload and Step look it up",
	"import.rows":           "Rows gives a page of a list that goes on, Read rows after a number, of which a result is made",
	"import.correct":        "Correct gives a row other cells, Leave leaves it out",
	"import.cancel":         "Cancel is asked for, Step does it where whoever started it may not go on",
	"member.resend":         "Resend sends one again, the bulk room's several, the letters room's SendAgain those whose letters did not arrive",
	"job.retry":             "Again lets one be tried again, AgainAll all dead ones",
	"job.discard":           "Drop ends one, DropAll all dead ones",
	"member.grant":          "Grant sets all that one holds, the bulk room's adds and withdraws for several",
	"member.offer":          "Offer gives what can be chosen, OfferAt the same for a customer account, Read tells what pasted addresses are",
	"invitation.show":       "Accept looks the invitation up first, as Landing does",
	"member.erasure":        "Look tells what would be deleted, and Erase looks first; Due tells Roster itself who is due",
	"member.remove":         "the team's Remove hands nothing over, the removal room's may, the bulk room's removes several",
	"member.create_offer":   "Create asks it before it hashes, CreateCriteria judges a password while it is typed",
	"member.password_offer": "PasswordOffer shows the form, PasswordCriteria judges a password while it is typed, SetPassword asks it before it hashes",
	"password.choice":       "Choosing shows the choice, and Choose looks it up first",
	"session.confirm":       "Confirm takes a password or a second factor, the connect room's Return what a provider says",
	"session.start":         "SignIn begins a session, and so does Choose once the password is the person's own, and Second by a second factor, and SignInByPasskey by a passkey alone",
	"email.link":            "Link shows what a link is for, Undo looks it up before it hashes",
	"factor.offer":          "Offer shows a key for an app, PasskeyRoom the form for a passkey, AskPasskey asks the browser for one",
	"factor.add":            "Add takes an app, AddPasskey a passkey",
	"session.second":        "Halfway shows the second step, Second and AskSecond look it up first",
	"factor.let_go_show":    "LettingGo shows the reset, LetGo looks it up first",
	"me.factors":            "Ways tells what they can prove themselves by, which Confirm looks up first",
	"signing_key.rotate":    "Rotate is asked for, Tend does it when the time has come",
	"member.show":           "Show gives a member, Detail all that their page tells",
	"organisation.list":     "Named is the list, narrowed to a name, the fleet's Search a page of it, and the ending's Due those whose time has come",
	"outbox.list":           "List gives what is not done, In that of some states with how many there are, Find one letter by its ID; AgainAll and DropAll find the dead ones first",
	"token.issue":           "Authenticate recognises a client by its secret, Asserted by what it signed",
	"token.check":           "Inspect tells another what Check decides for a request",
	"decision.evaluate":     "Evaluate answers one question, EvaluateAll several",
	"decision.search":       "what is searched for is one of three parts of a question",

	"webhook.pause":         "Pause does it by hand, GiveUp where nothing can be delivered",
	"product_webhook.pause": "likewise",
	"webhook.deliver":       "Due tells where there is something to deliver, Next what, Still whether it still is",

	"member.email":          "Prove and Undo let a person's members follow at once, CatchUp those whom something kept from it",
	"notification.list":     "List gives a page, Unread how many are left to read",
	"profile.notifications": "Show gives what a member chose, Prepare asks the same for them when their letter leaves",

	"password.change_offer": "Offer shows the form, Criteria judges a password while it is typed, Change asks it before it hashes",
	"portal.link":           "Landing shows where a link leads, Enter looks it up first",
	"session.check":         "SignIn looks the person up by the same right, and so do those who ask for passkeys or take them",
}

// useCase is an exported method of a room, or a function that it leads to.
type useCase struct {
	name    string
	passes  int // calls of the gate, those of the room's functions that it calls included
	actions map[string]bool
}

// useCases gives the use cases of the rooms, and of all their functions what they do.
func (h *house) useCases() []useCase {
	var all []useCase
	for _, r := range h.rooms {
		if !strings.HasPrefix(r.path, "internal/action/") || r.types == nil {
			continue
		}
		w := &walk{room: r, bodies: map[*types.Func]*ast.FuncDecl{}, known: map[*types.Func]*useCase{}}
		for _, f := range r.files {
			for _, d := range f.syntax.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
					if def, ok := r.info.Defs[fn.Name].(*types.Func); ok {
						w.bodies[def] = fn
					}
				}
			}
		}
		for def, fn := range w.bodies {
			if fn.Recv != nil && fn.Name.IsExported() && holdsGate(def) {
				u := w.of(def)
				all = append(all, useCase{r.path + "." + fn.Name.Name, u.passes, u.actions})
			}
		}
	}
	slices.SortFunc(all, func(a, b useCase) int { return strings.Compare(a.name, b.name) })
	return all
}

// holdsGate tells whether a method's receiver is a room: a struct with the gate in it.
func holdsGate(f *types.Func) bool {
	of := f.Signature().Recv().Type()
	if p, ok := of.(*types.Pointer); ok {
		of = p.Elem()
	}
	s, ok := of.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for v := range s.Fields() {
		if strings.HasSuffix(v.Type().String(), module+"/internal/action.Gate") {
			return true
		}
	}
	return false
}

// walk follows calls inside one room.
type walk struct {
	room   *room
	bodies map[*types.Func]*ast.FuncDecl
	known  map[*types.Func]*useCase
}

func (w *walk) of(f *types.Func) *useCase {
	if u, ok := w.known[f]; ok {
		return u // complete, or a recursion, which adds nothing
	}
	u := &useCase{actions: map[string]bool{}}
	w.known[f] = u
	ast.Inspect(w.bodies[f].Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		callee := w.room.callee(call)
		if callee == nil {
			return true
		}
		if slices.ContainsFunc(gates, func(g string) bool { return is(callee, "internal/action", g) }) {
			u.passes++
			w.name(u, call)
			return true
		}
		if callee = callee.Origin(); w.bodies[callee] != nil && callee != f {
			inner := w.of(callee)
			u.passes += inner.passes
			maps.Copy(u.actions, inner.actions)
			if inner.passes > 0 {
				w.name(u, call) // an action handed on to the function that passes the gate
			}
		}
		return true
	})
	return u
}

// name notes the actions that a call is given.
func (w *walk) name(u *useCase, call *ast.CallExpr) {
	for _, a := range call.Args {
		tv := w.room.info.Types[a]
		if tv.Value != nil && tv.Type.String() == module+"/internal/act.Name" {
			name, _ := w.room.text(a)
			u.actions[name] = true
		}
	}
}

// ungated finds use cases that do not pass the gate exactly once.
func ungated(h *house) []string {
	var complaints []string
	for _, u := range h.useCases() {
		if u.passes != 1 {
			complaints = append(complaints, fmt.Sprintf("%s: passes the gate %d times", u.name, u.passes))
		}
	}
	return h.except(complaints, around)
}

// unmatched finds actions that have no use case, or several.
func unmatched(h *house, list []act.Action) []string {
	performed := map[string][]string{}
	for _, u := range h.useCases() {
		for name := range u.actions {
			performed[name] = append(performed[name], u.name)
		}
	}
	var complaints []string
	for _, a := range list {
		if by := performed[string(a.Name)]; len(by) != 1 {
			complaints = append(complaints, fmt.Sprintf("%s: the action has %d use cases: %s", a.Name, len(by), strings.Join(by, ", ")))
		}
		delete(performed, string(a.Name))
	}
	for name, by := range performed {
		complaints = append(complaints, fmt.Sprintf("%s: is performed by %s and not in the list", name, strings.Join(by, ", ")))
	}
	return h.except(complaints, more)
}

func TestEachUseCasePassesTheGateOnce(t *testing.T) {
	h := real(t)
	if n := len(h.useCases()); n < 10 {
		t.Fatalf("only %d use cases were found", n)
	}
	holds(t, ungated(h))
}

func TestEachActionHasOneUseCase(t *testing.T) { holds(t, unmatched(real(t), act.List())) }

func TestActionsAreWellFormed(t *testing.T) {
	seen := map[act.Name]bool{}
	for _, a := range act.List() {
		thing, verb, ok := strings.Cut(string(a.Name), ".")
		if !ok || thing == "" || verb == "" || seen[a.Name] {
			t.Errorf("action %q: a name is a thing, a dot and a verb, and stands once", a.Name)
		}
		if a.Kind == "" {
			t.Errorf("action %q: it is to be read, write or irreversible", a.Name)
		}
		if a.Permission == "" && a.Who == act.Members && more[string(a.Name)] == "" && open[string(a.Name)] == "" {
			t.Errorf("action %q: every member may do it, without a permission or a reason", a.Name)
		}
		seen[a.Name] = true
	}
}

// open are actions that every member may do without a permission.
var open = reasons{
	"view.save":           "a view is one's own, and what it shows is asked anew each time",
	"view.edit":           "likewise",
	"view.delete":         "likewise",
	"token.revoke":        "whoever holds a token may end it",
	"organisation.owners": "whoever lacks a permission is told whom to ask",

	"organisation.picture_show": "whoever belongs to an organisation sees its picture",
}

func TestUseCasesBite(t *testing.T) {
	h := sketch(t, map[string]string{"internal/action/team/a.go": `package team
		import ("context"; "roster/internal/act"; "roster/internal/action"; "roster/internal/roster"; "roster/internal/store")
		type Room struct{ gate *action.Gate }
		type Other struct{}
		func (r *Room) Block(ctx context.Context) (int, error) { return r.change(ctx, act.MemberLink) }
		func (r *Room) Remove(ctx context.Context) (int, error) { return r.change(ctx, act.MemberRemove) }
		func (r *Room) change(ctx context.Context, name act.Name) (int, error) {
			return action.Do(ctx, r.gate, name, roster.Ref{}, func(ctx context.Context, tx *store.Tx) (int, error) { return 1, nil })
		}
		func (r *Room) Twice(ctx context.Context) { r.Block(ctx); r.look(ctx) }
		func (r *Room) look(ctx context.Context) {
			action.Look[int](ctx, r.gate, act.OrganisationPlan, func(context.Context, store.Reader) (int, error) { return 1, nil })
		}
		func (r *Room) Past(ctx context.Context) {}
		func (Other) NotAUseCase() {}
	`})
	bites(t, ungated(h), "team.Twice: passes the gate 2 times", "team.Past: passes the gate 0 times")
	bites(t, unmatched(h, []act.Action{{Name: act.MemberRemove}, {Name: act.MemberLink}, {Name: act.MemberEdit}}),
		"member.link: the action has 2 use cases", "member.edit: the action has 0 use cases", "organisation.plan: is performed by internal/action/team.Twice and not in the list")
}
