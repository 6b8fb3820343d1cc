package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"time"

	"roster/internal/action/signin"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/server"
)

// heldWithin is how long what somebody sent waits for them to confirm that it is they.
const heldWithin = 30 * time.Minute

// held is what somebody sent before they were asked to confirm that it is they. It comes back sealed with the
// confirmation, so that nothing they typed is lost, and no secret stands readable in the page.
type held struct {
	Session, Path, Body string
	Until               time.Time
}

// The fields of the confirmation, which stand in the place of the form that waits for it.
const (
	heldField     = "confirm_held"
	passwordField = "confirm_password"
	codeField     = "confirm_code"
	passkeyField  = "confirm_passkey"
	elsewhere     = "confirm_elsewhere" // it was confirmed at their provider, which the gate knows
)

// keepBody reads a form's body and puts it back: it may have to wait for a confirmation.
func (v *Visit) keepBody() {
	media, _, err := mime.ParseMediaType(v.R.Header.Get("Content-Type"))
	if v.R.Method != http.MethodPost || err != nil || media != "application/x-www-form-urlencoded" {
		return
	}
	data, err := io.ReadAll(v.R.Body)
	v.body, v.R.Body = data, io.NopCloser(bytes.NewReader(data))
	if err != nil { // the form's own reader tells of it
		v.R.Body = io.NopCloser(io.MultiReader(bytes.NewReader(data), broken{err}))
	}
}

// broken is the end of a body that could not be read.
type broken struct{ error }

func (b broken) Read([]byte) (int, error) { return 0, b.error }

// confirm takes a confirmation that a form waited for, and lets the form go on as it was sent. answered tells that the
// confirmation was not good and is asked for again.
func (v *Visit) confirm() (answered bool, err error) {
	if !bytes.Contains(v.body, []byte(heldField+"=")) {
		return false, nil
	}
	f, err := server.Form(v.R, heldField, passwordField, codeField, passkeyField, elsewhere)
	if err != nil {
		return false, err
	}
	var h held
	plain, err := v.Desk.Key.Open("held form", f[heldField])
	if err != nil || json.Unmarshal(plain, &h) != nil || h.Session != v.Actor().Session || h.Path != v.R.URL.RequestURI() || !v.Now().Before(h.Until) {
		return false, roster.Errorf(roster.Invalid, "malformed", "This form is not complete. Open it again.")
	}
	if f[elsewhere] == "" {
		err = v.Confirmed(f)
	}
	if err != nil {
		return true, v.askConfirm(err, f[heldField])
	}
	v.body = []byte(h.Body)
	v.R.Body, v.R.ContentLength = io.NopCloser(bytes.NewReader(v.body)), int64(len(v.body))
	return false, nil
}

// ConfirmFields are the fields of what proves anew that it is the visitor.
func ConfirmFields() []string { return []string{passwordField, codeField, passkeyField} }

// Confirmed takes from a form what proves anew that it is the visitor: the session goes on with another secret.
func (v *Visit) Confirmed(f map[string]string) error {
	signed, err := v.Desk.SignIn.Confirm(v.Context(), signin.Confirmation{Password: f[passwordField], Code: f[codeField], Passkey: v.Given(f[passkeyField]), Device: v.Device()})
	if err != nil {
		return err
	}
	v.GoOn(signed.Session, signed.Secret)
	return nil
}

// GoOn gives the browser the session's new secret, for as long as the session lasts.
func (v *Visit) GoOn(s roster.Session, secret string) {
	server.SetSession(v.W, secret, s.ExpiresAt.Sub(v.Now()))
	actor := v.Actor()
	actor.Proofs = s.Proofs
	v.R = v.R.WithContext(server.WithActor(v.Context(), actor))
}

// ConfirmView asks somebody to confirm that it is they.
type ConfirmView struct {
	Page
	Form   Form
	Action string // where it is sent
	Held   string // what waits, sealed; empty where a page is to be opened
	Next   string // that page
	Code   bool   // a code is asked for, else the password
	Key    bool   // a passkey can be given in the code's place
	Bare   bool   // they have neither, and By is the connection whose provider confirms it; empty where there is none
	By     string
	Email  string
}

// passkey gives the form that goes on by a passkey.
func (v ConfirmView) passkey() PasskeyForm {
	f := PasskeyForm{Action: v.Action, Ask: "/confirm/passkey", Field: passkeyField, Button: v.Say("confirm.passkey"), Primary: true}
	if f.Hidden = []Hidden{{Name: "next", Value: v.Next}}; v.Held != "" {
		f.Hidden = []Hidden{{Name: heldField, Value: v.Held}}
	}
	return f
}

// Fault gives what is wrong with it.
func (v ConfirmView) Fault() string {
	if e := v.Form.Err; e != nil && (e.Code == "wrong_code" || e.Code == "wrong_password") {
		return e.Message
	}
	return ""
}

// AskConfirm shows the page that asks to confirm before another is opened.
func (v *Visit) AskConfirm(err error, next string) error {
	return v.showConfirm(err, ConfirmView{Action: "/confirm", Next: next})
}

// askConfirm shows what asks to confirm before a form goes on.
func (v *Visit) askConfirm(err error, sealed string) error {
	return v.showConfirm(err, ConfirmView{Action: v.R.URL.RequestURI(), Held: sealed})
}

func (v *Visit) showConfirm(err error, view ConfirmView) error {
	status := http.StatusOK
	if err != nil {
		e := v.Told(err)
		if e.Kind == roster.Unauthenticated || e.Kind == roster.Internal {
			return err
		}
		p := server.NewProblem(v.Context(), err)
		maps.Copy(v.W.Header(), p.GetHeaders())
		if status = p.Status; e.Code != "confirmation_required" {
			view.Form = Form{Err: e}
		}
	}
	ways, err := v.Desk.SignIn.Ways(v.Context())
	if err != nil {
		return err
	}
	if view.Bare = !ways.Password && len(ways.Factors) == 0; view.Bare {
		by, err := v.Desk.Connect.Confirming(v.Context())
		if view.By = by.Value.Name; err != nil {
			return err
		}
	}
	view.Page, view.Code, view.Email = v.Page, len(ways.Factors) > 0, ways.Person.Email.Typed
	view.Key = roster.Count(ways.Factors, roster.FactorPasskey) > 0 && v.Place().Offered()
	v.Answer(status, ConfirmPage(view))
	return nil
}

// lead leads a visitor who lacks a proof to where they give it; led is false for any other refusal.
func (v *Visit) lead(refused error) (led bool, err error) {
	here, get := v.R.URL.RequestURI(), v.R.Method == http.MethodGet || v.R.Method == http.MethodHead
	next := "/"
	if get {
		next = here
	}
	to := func(page string) (bool, error) {
		http.Redirect(v.W, v.R, page+"?"+url.Values{"next": {next}}.Encode(), http.StatusSeeOther)
		return true, nil
	}
	switch code := roster.AsError(refused).Code; {
	case policy.Anew(refused) && roster.Slug(v.R.PathValue("org")) == v.R.PathValue("org") && v.R.PathValue("org") != "":
		return to("/o/" + v.R.PathValue("org") + "/sign-in")
	case code == "factor_setup_required":
		return to("/me/authenticator")
	case code == "factor_required", code == "confirmation_required" && get:
		return to("/confirm")
	case code == "confirmation_required" && v.body != nil:
		plain, err := json.Marshal(held{v.Actor().Session, here, string(v.body), v.Now().Add(heldWithin)})
		if err != nil {
			return true, err
		}
		sealed, err := v.Desk.Key.Seal("held form", plain)
		return true, errors.Join(err, v.askConfirm(refused, sealed))
	}
	return false, nil
}
