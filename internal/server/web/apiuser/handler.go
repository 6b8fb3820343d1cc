package apiuser

import (
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"roster/internal/act"
	"roster/internal/action/apiuser/credential"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
	"roster/internal/store/apidb"
)

// Door answers the pages of credentials.
type Door struct {
	desk   *web.Desk
	room   *credential.Room
	secret Page
}

// NewDoor makes the door.
func NewDoor(d *web.Desk, r *credential.Room, secret Page) *Door { return &Door{d, r, secret} }

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	page := func(method, pattern string, a act.Name, h web.Handler) {
		m.Handle(server.Route{Method: method, Pattern: "/o/{org}/team/{id}" + pattern, Action: string(a), Handler: d.desk.Inside(h)})
	}
	page(http.MethodGet, "/credentials", act.CredentialsShow, d.page)
	page(http.MethodPost, "/secrets", act.SecretAdd, d.addSecret)
	page(http.MethodGet, "/secrets/{credential}/remove", act.CredentialsShow, d.removePage)
	page(http.MethodPost, "/secrets/{credential}/remove", act.SecretRemove, d.removeSecret)
	page(http.MethodPost, "/keys", act.KeyAdd, d.addKeys)
	page(http.MethodGet, "/keys/{credential}/remove", act.CredentialsShow, d.removePage)
	page(http.MethodPost, "/keys/{credential}/remove", act.KeyRemove, d.removeKey)
	page(http.MethodPost, "/end", act.EndSet, d.setEnd)
}

func id(v *web.Visit) roster.MemberID { return roster.MemberID(v.R.PathValue("id")) }

func (d *Door) page(v *web.Visit) error {
	of, err := d.room.Show(v.Context(), id(v))
	if err == nil {
		v.Show(Credentials(view(v, of)))
	}
	return err
}

// again shows the page with what was wrong, and with what was typed.
func (d *Door) again(v *web.Visit, wrong error, typed func(*View)) error {
	of, err := d.room.Show(v.Context(), id(v))
	if err != nil {
		return err
	}
	return v.Refuse(wrong, func(f web.Form) templ.Component {
		again := view(v, of)
		again.Form = f
		typed(&again)
		return Credentials(again)
	})
}

// addSecret answers the POST itself with the secret: a reload finds the key used and shows none.
func (d *Door) addSecret(v *web.Visit) error {
	f, err := server.Form(v.R, "form_key")
	if err != nil {
		return err
	}
	call, err := v.Once(f, func(r any) roster.Member { return r.(credential.Made).Member })
	if err != nil {
		return err
	}
	made, err := d.room.AddSecret(v.Context(), id(v))
	switch {
	case err != nil:
		return d.again(v, err, func(*View) {})
	case call.Replay == nil:
		v.Show(d.secret.Show(v.Page, made.Member, made.Secret))
		return nil
	}
	of, err := d.room.Show(v.Context(), id(v))
	if err == nil {
		v.Show(d.secret.Show(v.Page, of.Member, ""))
	}
	return err
}

func (d *Door) addKeys(v *web.Visit) error {
	f, err := server.Form(v.R, "public_key")
	if err != nil {
		return err
	}
	of, err := d.room.AddKeys(v.Context(), id(v), f["public_key"])
	if err != nil {
		return d.again(v, err, func(again *View) {
			// Only what was read as public keys is shown again: anything else may be a private one, whole or in part, which
			// no page shows.
			switch roster.AsError(err).Code {
			case "too_many_keys", "key_exists":
				again.Key = f["public_key"]
			}
		})
	}
	return v.Go(v.Page.In("team", string(of.Member.ID), "credentials"), "toast.key_added")
}

func (d *Door) setEnd(v *web.Visit) error {
	f, err := server.Form(v.R, "ends_on")
	if err != nil {
		return err
	}
	was, err := d.room.Show(v.Context(), id(v))
	if err != nil {
		return err
	}
	end, err := web.EndOf(f["ends_on"], was.Member.Ends)
	if err != nil {
		err = roster.AsError(err).On("ends_on")
	} else {
		_, err = d.room.SetEnd(v.Context(), id(v), end)
	}
	if err != nil {
		return d.again(v, err, func(again *View) { again.End = f["ends_on"] })
	}
	return v.Go(v.Page.In("team", string(id(v)), "credentials"), "toast.end_saved")
}

// chosen finds the secret or key that the address names.
func chosen(v *web.Visit, of credential.View) (apidb.Secret, error) {
	all, which := slices.Concat(of.Secrets, of.Keys), v.R.PathValue("credential")
	at := slices.IndexFunc(all, func(s apidb.Secret) bool { return s.ID == which })
	if at < 0 {
		return apidb.Secret{}, roster.Errorf(roster.NotFound, "not_found", "There is no such secret or key. It may have been removed meanwhile.")
	}
	return all[at], nil
}

func (d *Door) removePage(v *web.Visit) error { return d.showRemove(v, nil) }

func (d *Door) showRemove(v *web.Visit, wrong error) error {
	of, err := d.room.Show(v.Context(), id(v))
	if err != nil {
		return err
	}
	s, err := chosen(v, of)
	if err != nil {
		return err
	}
	ask := RemoveView{View: view(v, of), Credential: s}
	if wrong == nil {
		v.Show(Remove(ask))
		return nil
	}
	return v.Refuse(wrong, func(f web.Form) templ.Component {
		ask.Form = f
		return Remove(ask)
	})
}

func (d *Door) removeSecret(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	if _, err := d.room.RemoveSecret(v.Context(), id(v), v.R.PathValue("credential")); err != nil {
		return d.showRemove(v, err)
	}
	return v.Go(v.Page.In("team", string(id(v)), "credentials"), "toast.secret_removed")
}

func (d *Door) removeKey(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	if _, err := d.room.RemoveKey(v.Context(), id(v), v.R.PathValue("credential")); err != nil {
		return d.showRemove(v, err)
	}
	return v.Go(v.Page.In("team", string(id(v)), "credentials"), "toast.key_removed")
}
