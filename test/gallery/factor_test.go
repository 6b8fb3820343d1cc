package gallery

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/server/web"
	"roster/internal/server/web/entry"
	"roster/internal/server/web/factor"
)

// factorPages are those of second factors: set up, asked for, lost.
func (m maker) factorPages() []sample {
	own := m.page()
	own.Organisation, own.Allowed = web.Organisation{}, nil
	const key = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	setUp := func(change func(*factor.SetUpView)) templ.Component {
		v := factor.SetUpView{Page: own, Key: key, Sealed: "sealed_1_x", Name: m.text(0, "Phone")}
		change(&v)
		v, err := v.Drawn(secret.TOTPAddress("Roster", "anna@example.com", key))
		if err != nil {
			panic(err)
		}
		return factor.SetUp(v)
	}
	wrongCode := roster.Errorf(roster.Invalid, "wrong_code", "This code is not right, or it was used already. Wait for the next one your app shows, or take another recovery code.").On("code")
	waits := roster.Errorf(roster.Limited, "too_many_tries", "There were too many tries. Wait a little before the next.").After(90 * time.Second)
	second := entry.SecondView{Page: m.outside(), Email: m.text(1, "anna@example.com"), Next: "/o/acme"}
	wrong, late, operating := second, second, second
	operating.Operator = true
	wrong.Form, late.Form = web.Form{Err: wrongCode}, web.Form{Err: waits}
	confirm := web.ConfirmView{Page: m.outside(), Action: "/confirm", Next: "/me", Email: m.text(1, "anna@example.com")}
	held, byCode := confirm, confirm
	held.Action, held.Held = "/o/acme/team/add", "sealed_1_x"
	held.Form = web.Form{Err: roster.Errorf(roster.Invalid, "wrong_password", "This is not your password.").On("password")}
	byCode.Code = true
	bare := confirm
	bare.Bare = true
	connected, connectedHeld := bare, bare
	connected.By, connectedHeld.By = m.text(0, "Okta"), m.text(2, "Okta")
	connectedHeld.Action, connectedHeld.Held = held.Action, held.Held
	byKey := byCode
	byKey.Key = true
	wrongKey := roster.Errorf(roster.Invalid, "wrong_passkey", "This passkey was not accepted: it is not one of yours here, or it took longer than five minutes. Try again, or take another way.")
	keySecond := second
	keySecond.Key = true
	keyWrong := keySecond
	keyWrong.Form = web.Form{Err: wrongKey}
	member := m.rows(2)[1].Member
	profile := entry.ProfileView{Page: m.page(), Email: m.text(1, "anna@example.com"), Codes: 8, Factors: []roster.Factor{
		{ID: "fac_1", Kind: roster.FactorTOTP, Name: m.text(0, "Phone"), CreatedAt: now, UsedAt: now},
		{ID: "fac_2", Kind: roster.FactorTOTP, Name: m.text(2, "Tablet at home"), CreatedAt: now},
		{ID: "fac_3", Kind: roster.FactorPasskey, Name: m.text(0, "This device"), Alone: true, CreatedAt: now, UsedAt: now},
	}}
	codes := factor.CodesView{Page: own, Next: "/", First: true}
	for range roster.RecoveryCodes {
		codes.Codes = append(codes.Codes, "abcde-fghij-klmno-pqrst-uvwxy")
	}
	keyCodes := codes
	keyCodes.Key = true
	remove := factor.RemoveView{Page: own, Factor: profile.Factors[0], Last: true}
	letGo := factor.LetGoView{Page: m.outside(), Email: m.text(1, "anna@example.com"), Starting: m.text(0, "Acme Logistics")}
	letGoWrong := letGo
	letGoWrong.Form = fields("password", "This is not your password.")
	return []sample{
		{"second", entry.Second(second)},
		{"second-wrong", entry.Second(wrong)},
		{"second-late", entry.Second(late)},
		{"second-operator", entry.Second(operating)},
		{"confirm", web.ConfirmPage(confirm)},
		{"confirm-held", web.ConfirmPage(held)},
		{"confirm-code", web.ConfirmPage(byCode)},
		{"confirm-none", web.ConfirmPage(bare)},
		{"confirm-connection", web.ConfirmPage(connected)},
		{"confirm-connection-held", web.ConfirmPage(connectedHeld)},
		{"factor", setUp(func(*factor.SetUpView) {})},
		{"factor-asked", setUp(func(v *factor.SetUpView) { v.Next = "/o/acme/team" })},
		{"factor-wrong", setUp(func(v *factor.SetUpView) {
			v.Form = fields("name", "Fill this in.", "code", "This code is not right. Look whether the clock of your device is right, and type the code that the app shows now.")
		})},
		{"factor-codes", factor.Codes(codes)},
		{"factor-codes-again", factor.Codes(factor.CodesView{Page: own})},
		{"factor-codes-new", factor.NewCodes(factor.NewCodesView{Page: own, FormKey: "frm_1", Left: 3})},
		{"factor-remove", factor.Remove(remove)},
		{"factor-of", factor.Reset(factor.ResetView{Page: m.page(), Member: member})},
		{"factor-reset", factor.LetGo(letGo)},
		{"factor-reset-wrong", factor.LetGo(letGoWrong)},
		{"profile-factors", entry.Security(profile)},
		{"passkey", factor.Passkey(factor.PasskeyView{Page: own, Name: m.text(0, "This device"), Next: "/", Offered: true})},
		{"passkey-wrong", factor.Passkey(factor.PasskeyView{Page: own, Next: "/", Offered: true, Form: fields("name", "Fill this in.")})},
		{"passkey-nowhere", factor.Passkey(factor.PasskeyView{Page: own, Next: "/"})},
		{"passkey-codes", factor.Codes(keyCodes)},
		{"passkey-remove", factor.Remove(factor.RemoveView{Page: own, Factor: profile.Factors[2]})},
		{"factor-name", factor.Name(factor.NameView{Page: own, Factor: profile.Factors[0], Name: profile.Factors[0].Name})},
		{"factor-name-wrong", factor.Name(factor.NameView{Page: own, Factor: profile.Factors[0], Form: fields("name", "Fill this in.")})},
		{"second-passkey", entry.Second(keySecond)},
		{"second-passkey-wrong", entry.Second(keyWrong)},
		{"confirm-passkey", web.ConfirmPage(byKey)},
		{"signin-passkey", entry.SignIn(entry.SignInView{Page: m.outside(), Passkeys: true})},
		{"signin-passkey-wrong", entry.SignIn(entry.SignInView{Page: m.outside(), Inside: "acme", Passkeys: true, Form: web.Form{Err: wrongKey}})},
	}
}

// TestAQRCodeHasItsQuietZone holds that the code is drawn at all, with the empty border that readers need.
func TestAQRCodeHasItsQuietZone(t *testing.T) {
	var text string
	for _, s := range newMaker(t).factorPages() {
		if s.name == "factor" {
			text = render(t, s)
		}
	}
	if !strings.Contains(text, `<path d="M4 4h7v1h-7z`) {
		t.Error("no QR code that begins with a finder pattern after a border of four modules")
	}
}
