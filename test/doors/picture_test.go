package doors_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roster/internal/action/history"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// drawn gives a PNG of one colour.
func drawn(t *testing.T, c color.Color) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 40, 30))
	for i := range 40 * 30 {
		img.Set(i%40, i/40, c)
	}
	var b bytes.Buffer
	must(t, png.Encode(&b, img))
	return b.Bytes()
}

// multipartOf gives a form with one file, and its header.
func multipartOf(name string, data []byte) (string, []string) {
	return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n" + string(data) + "\r\n--b--\r\n",
		[]string{"Content-Type", "multipart/form-data; boundary=b", "Sec-Fetch-Site", "same-origin"}
}

// elsewhere holds that who owns another organisation meets a picture of this one at no door, neither under this
// organisation's name nor under their own: each answer is that for a member who is not.
func (s *site) elsewhere(t *testing.T, m roster.MemberID, url string) {
	t.Helper()
	beta, otto := s.other("Elsewhere", "otto@elsewhere.example")
	his, sent := s.person("otto@elsewhere.example"), string(drawn(t, color.White))
	same := []string{"Sec-Fetch-Site", "same-origin", "Content-Type", "image/png"}
	_, hash, _ := strings.Cut(url, "?")
	for _, o := range []roster.OrgID{s.Acme.ID, beta.ID} {
		for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
			for _, query := range []string{"", "?" + hash} {
				body := sent
				if method != http.MethodPut {
					body = ""
				}
				a := his.send(method, at(o, "members", string(m), "picture")+query, body, same...)
				if a.status != http.StatusNotFound && (method == http.MethodGet || query == "") {
					t.Errorf("%s of a picture from elsewhere in %s: %d", method, o, a.status)
				}
			}
		}
	}
	text, headers := multipartOf("picture", []byte(sent))
	for _, page := range []string{"/o/acme/team/", "/o/" + beta.Slug + "/team/"} {
		for _, a := range []reply{his.get(page + string(m) + "/picture"), his.send(http.MethodPost, page+string(m)+"/picture", text, headers...), his.form(page + string(m) + "/picture/remove")} {
			if a.status != http.StatusNotFound {
				t.Errorf("a picture from elsewhere at %s: %d", page, a.status)
			}
		}
	}
	file := filepath.Join(t.TempDir(), "a.png")
	must(t, os.WriteFile(file, []byte(sent), 0o600))
	for _, action := range [][]string{{"--no-picture"}, {"--picture", file}} {
		code, _, complaint := s.command(append([]string{"user", "edit", string(m), "--org", beta.Slug, "--as", string(otto.Member)}, action...)...)
		if code != 1 || !strings.Contains(complaint, "There is no such member.") {
			t.Errorf("%v by the command line: %d %s", action, code, complaint)
		}
	}
}

func TestAPictureIsOurOwnBytesForWhoMaySeeTheMember(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		owner := s.person("olga@example.com")
		anna := h.Join("anna@example.com", "Anna", "Berg")
		object := at(h.Acme.ID, "members", string(anna.Member))
		same := []string{"Sec-Fetch-Site", "same-origin"}
		sent := drawn(t, color.NRGBA{R: 200, A: 255})
		set := owner.send(http.MethodPut, object+"/picture", string(sent), append(same, "Content-Type", "image/png")...)
		if set.status != http.StatusOK || !strings.Contains(set.body, `"picture_url":"/api/v1/orgs/`) {
			t.Fatalf("set: %d %s", set.status, set.body)
		}
		_, rest, _ := strings.Cut(set.body, `"picture_url":"`)
		url, _, _ := strings.Cut(rest, `"`)
		shown := owner.get(url)
		if shown.status != http.StatusOK || shown.header.Get("Content-Type") != "image/jpeg" || shown.header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(shown.header.Get("Cache-Control"), "immutable") || shown.body == string(sent) {
			t.Errorf("shown: %d %v", shown.status, shown.header)
		}
		if a := owner.get(object + "/picture?hash=0"); a.status != http.StatusNotFound {
			t.Errorf("another hash: %d", a.status)
		}
		if a := s.person("anna@example.com").get(url); a.status == http.StatusOK {
			t.Errorf("who may see no members sees the picture: %d", a.status)
		}
		s.elsewhere(t, anna.Member, url)
		line, err := h.History.List(h.As(h.Owner), history.Query{Member: anna.Member, Limit: 1})
		must(t, err)
		if e := line.Events[0]; e.Action != "member.picture" || e.Changes[0].Field != "picture" || !strings.Contains(url, e.Changes[0].To) {
			t.Errorf("the history: %+v", e)
		}

		page := "/o/acme/team/" + string(anna.Member)
		text, headers := multipartOf("picture", drawn(t, color.NRGBA{B: 200, A: 255}))
		if a := owner.send(http.MethodPost, page+"/picture", text, headers...); a.status != http.StatusSeeOther {
			t.Errorf("the form: %d %s", a.status, a.body)
		}
		if a := owner.get(url); a.status != http.StatusNotFound {
			t.Errorf("the old picture: %d", a.status)
		}
		if a := owner.get(page); !strings.Contains(a.body, "/picture?hash=") {
			t.Error("the page does not show it")
		}
		was := position(t, h, h.Acme.ID)
		for name, c := range map[string]struct {
			field string
			data  []byte
		}{"a page": {"picture", []byte("<script>alert(1)</script>")}, "too much": {"picture", make([]byte, 2<<20+1)}, "another field": {"file", sent}} {
			text, headers := multipartOf(c.field, c.data)
			if a := owner.send(http.MethodPost, page+"/picture", text, headers...); a.status < 400 || a.status >= 500 || strings.Contains(a.body, "<script>alert") {
				t.Errorf("%s: %d", name, a.status)
			}
		}
		if now := position(t, h, h.Acme.ID); now != was {
			t.Error("a refused picture moved the history")
		}
		if a := owner.send(http.MethodDelete, object+"/picture", "", same...); a.status != http.StatusOK || !strings.Contains(a.body, `"picture_url":null`) {
			t.Errorf("removed: %d %s", a.status, a.body)
		}
		h.Verified(h.Acme.ID)
	})
}

// TestAnOrganisationsPictureIsForWhoBelongsOrIsInvited: Owners set it by page, API and command line; members see it, who
// holds an open invitation sees it on its page, and nobody else does.
func TestAnOrganisationsPictureIsForWhoBelongsOrIsInvited(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		owner := s.person("olga@example.com")
		h.Join("mia@example.com", "Mia", "Member")
		object, same := at(h.Acme.ID, "picture"), []string{"Sec-Fetch-Site", "same-origin"}
		if a := owner.get(object); a.status != http.StatusNotFound {
			t.Errorf("no picture: %d", a.status)
		}
		set := owner.send(http.MethodPut, object, string(drawn(t, color.NRGBA{R: 200, A: 255})), append(same, "Content-Type", "image/png")...)
		_, rest, _ := strings.Cut(set.body, `"picture_url":"`)
		url, _, _ := strings.Cut(rest, `"`)
		if set.status != http.StatusOK || !strings.HasPrefix(url, "/api/v1/orgs/") {
			t.Fatalf("set: %d %s", set.status, set.body)
		}
		mia := s.person("mia@example.com")
		if a := mia.get(url); a.status != http.StatusOK || a.header.Get("Content-Type") != "image/jpeg" || a.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("a member sees %d %v", a.status, a.header)
		}
		if a := mia.send(http.MethodPut, object, string(drawn(t, color.White)), append(same, "Content-Type", "image/png")...); a.status != http.StatusForbidden {
			t.Errorf("a member sets it: %d", a.status)
		}
		if a := owner.get("/o/acme/settings"); !strings.Contains(a.body, url) {
			t.Error("the settings do not show it")
		}
		s.other("Elsewhere", "otto@elsewhere.example")
		if a := s.person("otto@elsewhere.example").get(url); a.status != http.StatusNotFound {
			t.Errorf("another organisation's Owner: %d", a.status)
		}
		if a := s.stranger().get(url); a.status != http.StatusUnauthorized {
			t.Errorf("nobody: %d", a.status)
		}

		linked, err := h.Team.Link(h.As(h.Owner), invite(t, h))
		must(t, err)
		invited := s.stranger()
		if a := invited.get("/invitation/picture"); a.status != http.StatusNotFound {
			t.Errorf("without an invitation: %d", a.status)
		}
		cookie := []string{"Cookie", "__Host-invitation=" + string(h.Acme.ID) + "." + linked.Secret}
		if a := invited.send(http.MethodGet, "/invitation/picture", "", cookie...); a.status != http.StatusOK || a.header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("with an invitation: %d", a.status)
		}
		if a := invited.send(http.MethodGet, "/invitation", "", cookie...); !strings.Contains(a.body, `src="/invitation/picture"`) {
			t.Errorf("the invitation's page does not show it: %d", a.status)
		}
		_, err = h.Team.Remove(h.As(h.Owner), linked.View.ID)
		must(t, err)
		if a := invited.send(http.MethodGet, "/invitation/picture", "", cookie...); a.status != http.StatusNotFound {
			t.Errorf("with one that was withdrawn: %d", a.status)
		}

		text, headers := multipartOf("picture", drawn(t, color.NRGBA{B: 200, A: 255}))
		if a := owner.send(http.MethodPost, "/o/acme/settings/picture", text, headers...); a.status != http.StatusSeeOther {
			t.Errorf("the form: %d %s", a.status, a.body)
		}
		if a := owner.get(url); a.status != http.StatusNotFound {
			t.Errorf("the old picture: %d", a.status)
		}
		text, headers = multipartOf("picture", []byte("<svg/>"))
		if a := owner.send(http.MethodPost, "/o/acme/settings/picture", text, headers...); a.status != http.StatusUnprocessableEntity {
			t.Errorf("what is none: %d", a.status)
		}
		if code, out, complaint := s.command("org", "edit", "acme", "--no-picture", "--json"); code != 0 || !strings.Contains(out, `"picture_url": null`) {
			t.Errorf("the command line: %d %s", code, complaint)
		}
		var told []string
		page, err := h.History.List(h.As(h.Owner), history.Query{Limit: 20})
		must(t, err)
		for _, e := range page.Events {
			if strings.HasPrefix(e.Action, "organisation.picture") {
				told = append(told, e.Action+" by "+e.ActorName+" at the "+string(e.Door))
			}
		}
		if got := strings.Join(told, ", "); got != "organisation.picture_remove by Command line at the cli, organisation.picture by Olga Owner at the dashboard, organisation.picture by Olga Owner at the api" {
			t.Errorf("the history tells %s", got)
		}
		h.Verified(h.Acme.ID)
	})
}
