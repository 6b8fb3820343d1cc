package gallery

import (
	"time"

	"roster/internal/roster"
	"roster/internal/server/web"
	"roster/internal/server/web/entry"
)

// recoveryPages are those of ways back in.
func (m maker) recoveryPages() []sample {
	forgot := entry.ForgotView{Page: m.outside(), Organisation: "acme"}
	wrong, late, sent := forgot, forgot, forgot
	wrong.Email, wrong.Form = m.text(1, "anna@example"), fields("email", "This is not an e-mail address. It looks like anna@example.com.")
	late.Email = "anna@example.com"
	late.Form = web.Form{Err: roster.Errorf(roster.Limited, "too_many_letters", "Too many letters were asked for within an hour. The last one still counts; look into your mailbox.").After(40 * time.Minute)}
	sent.Email, sent.Sent = m.text(3, "anna@example.com"), true
	choice := entry.ChoiceView{Page: m.outside(), Email: m.text(1, "anna@example.com"), Linked: true, Factors: true, Criteria: web.OpenCriteria("/sign-in/password/criteria")}
	return []sample{
		{"forgot", entry.Forgot(forgot)},
		{"forgot-wrong", entry.Forgot(wrong)},
		{"forgot-late", entry.Forgot(late)},
		{"forgot-sent", entry.Forgot(sent)},
		{"find", entry.Find(entry.ForgotView{Page: m.outside()})},
		{"find-sent", entry.Find(sent)},
		{"link-over", entry.LinkOver(entry.LinkOverView{Page: m.outside()})},
		{"choice-linked", entry.Choice(choice)},
	}
}
