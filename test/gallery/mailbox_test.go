package gallery

import (
	"time"

	mailboxes "roster/internal/action/signin/mailbox"
	"roster/internal/roster"
	"roster/internal/server/web/entry"
	"roster/internal/server/web/mailbox"
	"roster/internal/store/mailboxdb"
)

// mailboxPages are those of a change of address.
func (m maker) mailboxPages() []sample {
	change := mailbox.ChangeView{Page: m.page(), Now: m.text(3, "anna@example.com")}
	wrong, again := change, change
	wrong.Typed, wrong.Form = m.text(1, "anna@example"), fields("email", "This is not an e-mail address. It looks like anna@example.com.")
	again.Asked = m.text(3, "anna@example.net")
	link := mailbox.LinkView{Page: m.outside(), Old: m.text(3, "anna@example.com"), New: m.text(3, "anna@example.net")}
	proved, taken := link, link
	proved.Proved = true
	taken.Old, taken.Form.Err = "", roster.Errorf(roster.Conflict, "email_taken", "%s belongs to another account by now. Nothing has changed.", "anna@example.net")
	fresh := link
	fresh.Old = ""
	freshProved := fresh
	freshProved.Proved = true
	profile := func(s mailboxes.Standing) entry.ProfileView {
		return entry.ProfileView{Page: m.page(), Email: "anna@example.com", Address: s}
	}
	waiting := mailboxdb.Change{
		ID: "adc_1", Was: roster.Email{Typed: "anna@example.com"}, Fresh: roster.Email{Typed: m.text(3, "anna@example.net")}, UntilAt: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC),
	}
	half := waiting
	half.OldAt = waiting.UntilAt.Add(-time.Hour)
	return []sample{
		{"email", mailbox.Change(change)},
		{"email-wrong", mailbox.Change(wrong)},
		{"email-again", mailbox.Change(again)},
		{"email-leaving", mailbox.Leaving(link)},
		{"email-leaving-proved", mailbox.Leaving(proved)},
		{"email-taking", mailbox.Taking(fresh)},
		{"email-taking-proved", mailbox.Taking(freshProved)},
		{"email-taking-taken", mailbox.Taking(taken)},
		{"email-back", mailbox.Back(link)},
		{"email-over", mailbox.Over(mailbox.OverView{Page: m.outside()})},
		{"email-refused", mailbox.Refused(mailbox.RefusedView{Page: m.outside()})},
		{"own-waiting", entry.Profile(profile(mailboxes.Standing{Waiting: waiting}))},
		{"own-half", entry.Profile(profile(mailboxes.Standing{Waiting: half}))},
		{"own-managed", entry.Profile(profile(mailboxes.Standing{Managed: m.text(0, "Acme Logistics")}))},
	}
}
