package app_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"roster/internal/act"
	"roster/internal/action/role"
	"roster/internal/action/unit"
	"roster/internal/roster"
	"roster/internal/rostertest/rest"
	"roster/internal/server"
)

func TestARepeatedRequestIsAnsweredAsTheFirst(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t).With("Idempotency-Key", "key-1")
		const body = `{"kind":"api","name":"Robot"}`
		first := olga.Ask("POST", "members", body)
		one := first.Is(201)
		rest.Equal(t, "not replayed", first.Header.Get("Idempotent-Replayed"), "")
		again := olga.Ask("POST", "members", body)
		two := again.Is(201)
		rest.Equal(t, "replayed", again.Header.Get("Idempotent-Replayed"), "true")
		for _, h := range []string{"Location", "ETag", "Roster-Seq"} {
			rest.Equal(t, h, again.Header.Get(h), first.Header.Get(h))
		}
		secret, there := two["client_secret"]
		rest.Equal(t, "the secret is null", there && secret == nil, true)
		rest.Equal(t, "code", two["code"], any("secret_shown_once"))
		delete(one, "client_secret")
		delete(two, "client_secret")
		delete(two, "code")
		rest.Equal(t, "otherwise the same", rest.Show(two), rest.Show(one))
		olga.Ask("POST", "members", `{"kind":"api","name":"Other"}`).Refuses(409, "idempotency_key_reused")
		olga.Ask("POST", "members", body+" ").Refuses(409, "idempotency_key_reused")
		rest.Equal(t, "one API user", r.Olga(t).Ask("GET", "members?kind=api", "").Is(200)["total"].(float64), 1)

		id := one["id"].(string)
		tag := r.Olga(t).Ask("GET", "members/"+id, "").Header.Get("ETag")
		edit := r.Olga(t).With("Idempotency-Key", "key-2", "If-Match", tag)
		edited := edit.Ask("PATCH", "members/"+id, `{"name":"Robot 2"}`)
		edited.Is(200)
		rest.Equal(t, "edit replayed, though the etag is old now", edit.Ask("PATCH", "members/"+id, `{"name":"Robot 2"}`).Text, edited.Text)
		edit.Ask("DELETE", "members/"+id, "").Refuses(409, "idempotency_key_reused")
		gone := r.Olga(t).With("Idempotency-Key", "key-3")
		gone.Ask("DELETE", "members/"+id, "").Is(204)
		replayed := gone.Ask("DELETE", "members/"+id, "")
		replayed.Is(204)
		rest.Equal(t, "removal replayed", replayed.Header.Get("Idempotent-Replayed"), "true")
		for _, bad := range []string{"with space", strings.Repeat("x", 256), "schlüssel"} {
			r.Olga(t).With("Idempotency-Key", bad).Ask("POST", "members", body).Refuses(400, "malformed")
		}
		// Another actor's key is another key.
		adder, _ := r.Program(t, "Adder", "user_administrator")
		adder.With("Idempotency-Key", "key-1").Ask("POST", "members", `{"kind":"api","name":"Third"}`).Is(201)
	})
}

func TestAnInvitationLinkIsNotGivenAgain(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		id := olga.Invite("ina@example.com")["id"].(string)
		olga = olga.With("Idempotency-Key", "k")
		link := olga.Ask("POST", "members/"+id+"/invitation-link", "").Is(200)["link"].(string)
		again := olga.Ask("POST", "members/"+id+"/invitation-link", "")
		body := again.Is(200)
		rest.Equal(t, "link", body["link"], nil)
		rest.Equal(t, "code", body["code"].(string), "secret_shown_once")
		r.Accept(r.Acme.ID, link[strings.LastIndex(link, "/")+1:], "Ina", "In") // the first link is good still
	})
}

func TestTheSameKeyAtOnceActsOnce(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t).With("Idempotency-Key", "at-once")
		answers := make([]rest.Reply, 8)
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() {
				answers[i] = olga.Ask("POST", "members", `{"email":"ina@example.com","first_name":"Ina","last_name":"In"}`)
			})
		}
		wg.Wait()
		first := 0
		for _, a := range answers {
			rest.Equal(t, "answer", a.Text, answers[0].Text)
			rest.Equal(t, "status", a.StatusCode, 201)
			if a.Header.Get("Idempotent-Replayed") == "" {
				first++
			}
		}
		rest.Equal(t, "acted", first, 1)
		rest.Equal(t, "members", r.Olga(t).Ask("GET", "members?status=invited", "").Is(200)["total"].(float64), 1)
	})
}

func TestConditionalRequests(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		id := olga.Invite("ina@example.com")["id"].(string)
		path := "members/" + id
		tag := olga.Ask("GET", path, "").Header.Get("ETag")
		same := olga.With("If-None-Match", `"other", W/`+tag).Ask("GET", path, "")
		rest.Equal(t, "unchanged", same.StatusCode, 304)
		rest.Equal(t, "body", same.Text, "")
		rest.Equal(t, "etag", same.Header.Get("ETag"), tag)

		olga.Ask("PATCH", path, `{}`).Refuses(428, "precondition_required")
		olga.Ask("PUT", path+"/grants", `{"grants":[]}`).Refuses(428, "precondition_required")
		for _, stale := range []string{`"7-0"`, `W/` + tag, `"someone else's"`, `"0"`} {
			olga.With("If-Match", stale).Ask("PATCH", path, `{"first_name":"Never"}`).Refuses(412, "changed_meanwhile")
			olga.With("If-Match", stale).Ask("DELETE", path, "").Refuses(412, "changed_meanwhile")
		}
		olga.With("If-Match", "bare").Ask("PATCH", path, `{}`).Refuses(400, "malformed")
		olga.With("If-Match", tag+", "+tag).Ask("PATCH", path, `{}`).Refuses(400, "malformed")
		rest.Equal(t, "nothing happened", r.Newest(t, id).Action, "member.invite")

		// What a resend changes is seen by If-None-Match, and is nobody's edit for If-Match.
		r.Clock.Pass(1)
		linked := olga.Ask("POST", path+"/invitation-link", "").Is(200)
		rest.Equal(t, "the member looks otherwise", linked["member"].(map[string]any)["etag"].(string) != tag, true)
		rest.Equal(t, "and is told", olga.With("If-None-Match", tag).Ask("GET", path, "").StatusCode, 200)
		olga.With("If-Match", tag).Ask("PATCH", path, `{"first_name":"Irma"}`).Is(200)
		olga.With("If-Match", tag).Ask("PATCH", path, `{"first_name":"Inga"}`).Refuses(412, "changed_meanwhile")
		olga.With("If-Match", tag).Ask("DELETE", path, "").Refuses(412, "changed_meanwhile")
		olga.With("If-Match", "*").Ask("DELETE", path, "").Is(204)
	})
}

func TestStrictJSON(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		for body, place := range map[string]string{
			`{"email":"a@example.com","role":"x"}`:              "role",
			`{"email":"a@example.com","email":"b@example.com"}`: "twice",
			`{"email":"a@example.com","EMAIL":"b@example.com"}`: "",
			`{"email":"a@example.com"} {}`:                      "follows",
			`{"email":["a@example.com"]}`:                       "email",
			`{"email":null}`:                                    "null",
			`{"grants":[{"role":7}]}`:                           "grants",
			`{"grants":{}}`:                                     "grants",
			`{"invitation_ttl":"3600"}`:                         "invitation_ttl",
			`{"grants":[{"until":"tomorrow"}]}`:                 "",
			`[]`:                                                "object", `7`: "object", `{`: "", "{\"email\":\"\xff\"}": "UTF-8", ``: "", ` `: "empty",
			strings.Repeat(`[`, 40) + strings.Repeat(`]`, 40): "",
		} {
			p := olga.With("Content-Type", "application/json").Ask("POST", "members", body).Refuses(400, "malformed")
			if !strings.Contains(p.Detail, place) || strings.Contains(p.Detail, "example.com") || strings.Contains(p.Detail, "tomorrow") {
				t.Errorf("%s: %q does not name %q, or repeats what was sent", body, p.Detail, place)
			}
		}
		for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "application/merge-patch+json", "application/vnd.x+json", "json"} {
			olga.With("Content-Type", kind).Ask("POST", "members", `{"email":"a@example.com"}`).Refuses(415, "unsupported_media_type")
		}
		olga.Ask("POST", "members", `{"message":"`+strings.Repeat("x", 1<<20)+`"}`).Refuses(413, "too_large")
		id := olga.Invite("ina@example.com")["id"].(string)
		olga.Ask("POST", "members/"+id+"/unblock", `{"reason":"x"}`).Refuses(400, "malformed")
		olga.Ask("POST", "members/"+id+"/block", `{"why":"x"}`).Refuses(400, "malformed")

		edit := olga.With("If-Match", "*")
		edit.Ask("PATCH", "members/"+id, `{"nickname":"x"}`).Refuses(400, "malformed")
		edit.Ask("PATCH", "members/"+id, `{"phone":7}`).Refuses(400, "malformed")
		edit.Ask("PATCH", "members/"+id, `null`).Refuses(400, "malformed")
		edit.Ask("PUT", "members/"+id+"/grants", `{}`).Refuses(422, "field_required")
		p := edit.Ask("PATCH", "members/"+id, `{"email":"b@example.com","id":"mem_1","first_name":"Never"}`).Refuses(422, "fields_invalid")
		rest.Equal(t, "fields", p.Errors[0].Field+" "+p.Errors[0].Code+" "+p.Errors[1].Field, "email not_editable id")
		p = edit.Ask("PATCH", "members/"+id, `{"first_name":null,"phone":"12","name":"Someone Else"}`).Refuses(422, "fields_invalid")
		rest.Equal(t, "every field is told", len(p.Errors), 3)
		rest.Equal(t, "nothing happened", r.Newest(t, id).Action, "member.invite")
	})
}

func TestFieldsThatBreakRulesAreAllTold(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		p := olga.Ask("POST", "members", `{"email":"a@b@c","first_name":"A\u202eb","phone":"0123","invitation_ttl":5,"message":"a\u0007"}`).Refuses(422, "fields_invalid")
		var fields []string
		for _, e := range p.Errors {
			fields = append(fields, e.Field+" "+e.Code)
		}
		rest.Equal(t, "fields", strings.Join(fields, ", "), "email email_invalid, message control_character, invitation_ttl invitation_ttl_invalid, first_name bidi_control, last_name field_required, phone phone_invalid")
		for body, want := range map[string]string{
			`{"kind":"robot","email":"a@example.com"}`:                                                        "kind kind_unknown",
			`{"kind":"external","email":"a@example.com","first_name":"A","last_name":"B"}`:                    "unit field_required",
			`{"kind":"external","unit":"nowhere","email":"a@example.com","first_name":"A","last_name":"B"}`:   "unit unit_unknown",
			`{"kind":"api","name":"X","unit":"x"}`:                                                            "unit field_unknown",
			`{"kind":"api","name":"X","external_id":"a b\u0007"}`:                                             "external_id control_character",
			`{"kind":"api","name":"X","email":"a@example.com"}`:                                               "email field_unknown",
			`{"kind":"api","name":"X","invitation_ttl":3600,"start_blocked":true}`:                            "invitation_ttl field_unknown",
			`{"name":"X Y","email":"a@example.com"}`:                                                          "name field_unknown",
			`{"kind":"api"}`:                                                                                  "name field_required",
			`{"kind":"api","name":"X","grants":[{"role":"owner"}]}`:                                           "grants[0].role owner_api",
			`{"email":"a@example.com","first_name":"A","last_name":"B","invitation_ttl":9223372036854775807}`: "invitation_ttl invitation_ttl_invalid",
			`{"email":"a@example.com","first_name":"A","last_name":"B","invitation_ttl":0}`:                   "invitation_ttl invitation_ttl_invalid",
		} {
			p := olga.Ask("POST", "members", body).Refuses(422, strings.Fields(want)[1])
			rest.Equal(t, body, p.Errors[0].Field+" "+p.Errors[0].Code, want)
		}
		olga.Invite("ina@example.com")
		olga.Ask("POST", "members", `{"email":"INA@example.com","first_name":"A","last_name":"B"}`).Refuses(409, "already_invited")
		olga.Ask("POST", "members", `{"email":"olga@example.com","first_name":"A","last_name":"B"}`).Refuses(409, "already_member")
		inert := olga.Ask("POST", "members", `{"email":"p@example.com","first_name":"</p><a href=x>","last_name":"B"}`).Is(201)
		rest.Equal(t, "inert", inert["first_name"].(string), "</p><a href=x>")
	})
}

func TestRulesHoldThroughThisDoor(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		r.Join("uma@example.com", "Uma", "Admin", roster.RoleUserAdministrator)
		uma, owner := r.Person(t, "uma@example.com"), string(r.Owner.Member)
		p := uma.Ask("POST", "members", `{"email":"x@example.com","first_name":"X","last_name":"Y","grants":[{"role":"owner"}]}`).Refuses(403, "exceeds_authority")
		rest.Equal(t, "missing", strings.Join(p.Missing, " "), "decisions.read members.erase methods.write organisation.read organisation.write units.write webhooks.write")
		rest.Equal(t, "givers", strings.Join(p.Givers, ", "), "Olga Owner")
		uma.Ask("POST", "members/"+owner+"/block", "").Refuses(403, "stronger_target")
		uma.With("If-Match", "*").Ask("PATCH", "members/"+owner, `{"first_name":"X"}`).Refuses(403, "stronger_target")
		uma.Ask("GET", "plan", "").Refuses(403, "forbidden")
		r.Olga(t).Ask("DELETE", "members/"+owner, "").Refuses(403, "not_on_yourself")
		r.Olga(t).With("If-Match", "*").Ask("PUT", "members/"+owner+"/grants", `{"grants":[{"role":"user_administrator"}]}`).Refuses(409, "last_owner")

		roles := uma.Ask("GET", "roles", "").Is(200)
		for _, v := range roles["items"].([]any) {
			role := v.(map[string]any)
			rest.Equal(t, "can grant "+role["key"].(string), role["can_grant"].(bool), role["key"] == "user_administrator" || role["key"] == "member")
		}
		// A narrowed token can do less than its API user.
		narrow, _ := r.Program(t, "Narrow", "user_administrator", "members.read")
		narrow.Ask("GET", "members", "").Is(200)
		narrow.Ask("POST", "members", `{"kind":"api","name":"X"}`).Refuses(403, "forbidden")

		r.Clock.Pass(61e9)
		rest.Must(t, r.Gate.SealRefusals(r.CLI("")))
		lines := r.Olga(t).Ask("GET", "history?action=member.block", "").Is(200)["items"].([]any)
		rest.Equal(t, "the refusal is a line", rest.Show([]any{lines[0].(map[string]any)["refused"], lines[0].(map[string]any)["count"], lines[0].(map[string]any)["door"]}), `["stronger_target",1,"api"]`)
		r.Verified(r.Acme.ID)
	})
}

var ids = regexp.MustCompile(`req_[0-9a-z]+`)

// sendable gives a body that is read without complaint.
func sendable(route server.Route) string {
	switch {
	case strings.HasSuffix(route.Pattern, "/columns"):
		return `{"columns":["email"]}`
	case strings.HasSuffix(route.Pattern, "/rows/{row}"):
		return `{"cells":["x@example.com"]}`
	case strings.HasSuffix(route.Pattern, "/grants"):
		return `{"grants":[]}`
	case strings.HasSuffix(route.Pattern, "/address-list") && route.Method == http.MethodPut:
		return `{"allowed_from":[]}`
	case strings.HasSuffix(route.Pattern, "/portal") && route.Method == http.MethodPut:
		return `{"open_to":"members"}`
	case strings.HasSuffix(route.Pattern, "/portal-links"):
		return `{"member":"x@example.com"}`
	case strings.HasSuffix(route.Pattern, "/clone") && route.Method == http.MethodPost:
		return `{"email":"x@example.com","first_name":"X","last_name":"Y"}`
	case strings.HasSuffix(route.Pattern, "/login-method"):
		return `{"login_method":"password"}`
	case strings.HasSuffix(route.Pattern, "/rotate"), strings.HasSuffix(route.Pattern, "/send-again"):
		return `{}`
	case strings.HasSuffix(route.Pattern, "/keys") && route.Method == http.MethodPost:
		return `{"public_key":"x"}`
	case strings.HasSuffix(route.Pattern, "/erase"):
		return `{"confirm_name":"X"}`
	case strings.HasSuffix(route.Pattern, "/end"):
		return `{"ends_at":null}`
	case strings.HasSuffix(route.Pattern, "/replay"):
		return `{"after":0}`
	case strings.HasSuffix(route.Pattern, "/password"):
		return `{"password":"silver-pebble-orchard-92"}`
	case route.Method != http.MethodPatch:
		return ""
	case strings.Contains(route.Pattern, "/members/"):
		return `{"first_name":"X"}`
	}
	return `{"name":"X"}`
}

func TestNothingOfAnotherOrganisationExists(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		beta, bea := r.Beta(t)
		account, err := r.Units.Create(r.As(bea), unit.Draft{Kind: roster.Account, Name: "Theirs"})
		rest.Must(t, err)
		theirs, err := r.Roles.Create(r.As(bea), role.Draft{Name: "Theirs", Description: "Of Beta.", Permissions: []string{"members.read"}})
		rest.Must(t, err)
		robot, id := r.Program(t, "Robot", roster.RoleUserAdministrator)
		r.Olga(t).Any().Ask("PUT", "members/"+id+"/grants", `{"grants":[{"role":"user_administrator"},{"permission":"units.write"},{"permission":"organisation.read"},{"permission":"webhooks.write"},{"permission":"members.erase"}]}`).Is(200)
		was, err := r.Orgs.Named(r.CLI(""), "beta")
		rest.Must(t, err)
		for name, c := range map[string]*rest.Caller{"person": r.Olga(t).Any(), "API user": robot.Any()} {
			for _, route := range r.Routes() {
				ways := slices.ContainsFunc(act.List(), func(a act.Action) bool { return string(a.Name) == route.Action && a.Who == act.People })
				if !strings.Contains(route.Pattern, "{org}") {
					continue
				}
				here := 404
				if name == "API user" && ways {
					here = 403 // ways in are for people: an API user is told so before anything is looked for
				}
				if route.Action == string(act.MemberPicture) {
					continue // its bytes are sent in test/doors
				}
				body := sendable(route)
				thing, none := string(bea.Member), "mem_00000000000000000000000000"
				switch {
				case strings.Contains(route.Pattern, "/units/"):
					thing, none = string(account.ID), "unit_00000000000000000000000000"
				case strings.Contains(route.Pattern, "/roles/"):
					thing, none = theirs.ID, "role_00000000000000000000000000"
				}
				at := func(org, id string) rest.Reply {
					return c.Ask(route.Method, strings.NewReplacer("{org}", org, "{id}", id, "{row}", "2").Replace(route.Pattern), body)
				}
				same(t, name, 404, at(string(beta.ID), thing), at("org_00000000000000000000000000", thing))
				same(t, name, 404, at("beta", thing), at("a%7Fb", thing))
				if strings.Contains(route.Pattern, "{id}") {
					same(t, name, here, at("acme", thing), at("acme", none))
					same(t, name, here, at("acme", thing), at("acme", "a%7Fb"))
				}
			}
		}
		olga := r.Olga(t)
		olga.Ask("GET", "history?member="+string(bea.Member), "").Refuses(404, "not_found")
		for _, path := range []string{"members?unit=", "units?parent=", "permissions?unit=", "access?parent=", "members/" + string(r.Owner.Member) + "/access?unit="} {
			foreign, unknown := olga.Ask("GET", path+string(account.ID), ""), olga.Ask("GET", path+"unit_00000000000000000000000000", "")
			rest.Equal(t, path, foreign.Refuses(422, "unit_unknown").Errors[0].Field, unknown.Refuses(422, "unit_unknown").Errors[0].Field)
		}
		for grant, code := range map[string]string{
			`{"role":"` + theirs.ID + `"}`: "role_unknown", `{"role":"member","unit":"` + string(account.ID) + `"}`: "unit_unknown",
		} {
			olga.Any().Ask("PUT", "members/"+id+"/grants", `{"grants":[`+grant+`]}`).Refuses(422, code)
		}
		now, err := r.Orgs.Named(r.CLI(""), "beta")
		rest.Must(t, err)
		rest.Equal(t, "Beta's history", now.Seq, was.Seq)
		r.Verified(beta.ID)
	})
}

// same fails unless both answers are 404 and alike to the byte, but for the request's identifier.
func same(t *testing.T, who string, status int, foreign, unknown rest.Reply) {
	t.Helper()
	about := fmt.Sprintf("%s: %s %s", who, foreign.Request.Method, foreign.Request.URL.Path)
	rest.Equal(t, about, foreign.StatusCode, status)
	rest.Equal(t, about, ids.ReplaceAllString(foreign.Text, ""), ids.ReplaceAllString(unknown.Text, ""))
	for _, h := range []http.Header{foreign.Header, unknown.Header} {
		h.Del("Request-Id")
		h.Del("Date")
	}
	rest.Equal(t, about, fmt.Sprint(foreign.Header), fmt.Sprint(unknown.Header))
}
