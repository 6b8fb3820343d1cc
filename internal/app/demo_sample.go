package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"roster/internal/action/apiuser"
	"roster/internal/action/team"
	"roster/internal/roster"
)

const day = 24 * time.Hour

// fate is what became of a sample member.
type fate string

const (
	active         fate = "active"
	unsent         fate = "waiting"      // invited; the letter is in the outbox
	sent           fate = "sent"         // invited; the letter arrived and was not answered yet
	expired        fate = "expired"      // invited; the time is over
	bounced        fate = "bounced"      // invited; the mail server refused the letter
	blocked        fate = "blocked"      // was active
	startBlocked   fate = "start"        // made with "start blocked", not accepted
	startBlockedIn fate = "start, in"    // made with "start blocked", accepted
	removed        fate = "removed"      // was active
	withdrawn      fate = "withdrawn"    // removed before accepting
	program        fate = "api"          // an API user
	programBlocked fate = "api, blocked" // a blocked one
	programRemoved fate = "api, removed" // a removed one
)

// sample is one made-up member.
type sample struct {
	fate    fate
	first   string // an API user's whole name
	last    string
	phone   string
	roles   []string
	days    int    // how long ago they were added
	inviter string // a key
	unit    string // an external user's, by its name in the play
}

// key names a sample member within the play; first names are unique in it.
func (s sample) key() string { return strings.ToLower(s.first) }

// email gives the address: of a domain that is kept for examples (RFC 2606).
func (s sample) email() string {
	return roster.Slug(s.first) + "." + roster.Slug(s.last) + "@example.com"
}

func (s sample) kind() roster.MemberKind {
	if s.unit != "" {
		return roster.External
	}
	return roster.Regular
}

// ip gives an address that is kept for examples (RFC 5737).
func (s sample) ip() string {
	return fmt.Sprintf("203.0.113.%d", 10+(len(s.first)*7+len(s.last)*13)%90)
}

func (s sample) agent() string {
	if len(s.first)%2 == 0 {
		return "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15"
	}
	return "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
}

func founder() sample {
	return sample{fate: active, first: "Nora", last: "Lindqvist", phone: phone(1), roles: []string{roster.RoleOwner}, days: 60}
}

// phone gives a number that is kept for drama (Ofcom).
func phone(n int) string { return fmt.Sprintf("+4420794600%02d", n) }

// samples gives everyone but the founder and the visitor.
func samples() []sample { return append(people(), programs()...) }

func added(days int, inviter string, f fate, what, first, last string) sample {
	return sample{fate: f, first: first, last: last, roles: []string{what}, days: days, inviter: inviter}
}

func programs() []sample {
	one := added
	return []sample{
		one(50, "nora", program, roster.RoleAuditor, "Payroll import", ""),
		one(46, "nora", programRemoved, roster.RoleMember, "Old CRM bridge", ""),
		one(36, "priya", program, roster.RoleMember, "Fleet telemetry", ""),
		one(25, "nora", programBlocked, roster.RoleMember, "Warehouse sync", ""),
		one(10, "priya", program, roster.RoleMember, "Access checks", ""),
	}
}

func one(days int, inviter string, f fate, what, first, last string) sample {
	s := added(days, inviter, f, what, first, last)
	if days%2 == 0 {
		s.phone = phone(days)
	}
	return s
}

func external(days int, inviter string, f fate, unit, first, last string) sample {
	s := one(days, inviter, f, fleetManager, first, last)
	s.unit = unit
	return s
}

func people() []sample {
	const owner, administrator, auditor, member = roster.RoleOwner, roster.RoleUserAdministrator, roster.RoleAuditor, roster.RoleMember
	return []sample{
		one(59, "nora", active, administrator, "Tomás", "Ferreira"),
		one(59, "nora", active, owner, "Priya", "Raman"),
		one(58, "nora", active, auditor, "Greta", "Sandoval"),
		one(57, "tomás", active, member, "Ibrahim", "Yusuf"),
		one(56, "tomás", active, member, "Maya", "Oduya"),
		one(55, "tomás", active, member, "Jiří", "Wrona"),
		one(54, "tomás", removed, member, "Bernard", "Pike"),
		one(52, "tomás", active, member, "Saoirse", "Keane"),
		one(49, "tomás", active, member, "Hiroshi", "Tanabe"),
		one(47, "tomás", active, member, "Zoë", "Marchetti"),
		one(45, "tomás", blocked, member, "Victor", "Hale"),
		one(44, "tomás", active, member, "Amara", "Diallo"),
		one(42, "priya", active, administrator, "Ewa", "Nowicka"),
		one(41, "ewa", active, member, "Samuel", "Achterberg"),
		one(39, "ewa", active, member, "Linh", "Pham"),
		one(38, "nora", active, auditor, "Otto", "Brandvold"),
		external(35, "priya", active, "harbour", "Renata", "Quispe"),
		external(33, "nora", active, "chilled", "Callum", "Fraser"),
		external(31, "priya", expired, "oakhaven", "Ines", "Delacroix"),
		external(30, "priya", active, "brightwater", "Yara", "Haddad"),
		one(28, "tomás", blocked, member, "Dmitri", "Sorokin"),
		external(26, "nora", active, "castellan", "Noelle", "Kim"),
		one(23, "tomás", withdrawn, member, "Harriet", "Blum"),
		external(22, "priya", active, "meridian", "Kwame", "Boateng"),
		external(20, "nora", active, "northern", "Freya", "Holm"),
		one(18, "ewa", startBlockedIn, member, "Joaquín", "Vidal"),
		one(16, "nora", expired, auditor, "Mireille", "Aubert"),
		one(14, "tomás", active, member, "Rahul", "Bhatt"),
		one(12, "tomás", active, member, "Siobhan", "Doyle"),
		one(6, "ewa", active, member, "Chloe", "Mbeki"),
		external(5, "nora", sent, "ireland", "Pavel", "Novák"),
		one(4, "ewa", bounced, member, "Gustavo", "Prado"),
		one(3, "nora", sent, auditor, "Leila", "Farahani"),
		one(2, "tomás", startBlocked, member, "Marcus", "Thorne"),
		one(1, "ewa", unsent, member, "Beatriz", "Campos"),
		one(1, "tomás", unsent, member, "Jonas", "Weber"),
	}
}

// plan plans what happens to a sample member, from their first day to their fate.
func (s *stage) plan(r *player, i int) {
	begin := time.Duration(r.days)*day - time.Duration(i*17%420)*time.Minute
	switch r.fate {
	case program, programBlocked, programRemoved:
		s.planProgram(r, begin)
		return
	}
	s.at(begin, s.invite(r))
	if r.fate == unsent {
		return
	}
	refused := ""
	if r.fate == bounced {
		refused = "The mail server refused the address: 550 no such mailbox."
	}
	s.at(begin-time.Minute, s.deliver(refused))
	switch r.fate {
	case active, blocked, removed, startBlockedIn:
		s.at(begin-time.Duration(20+i*13%300)*time.Minute, s.accept(r))
	case withdrawn:
		s.at(begin-3*day, s.end(r, "nora"))
	}
	switch r.fate {
	case active:
		s.at(max(time.Duration(r.days%9)*7*time.Hour, 20*time.Minute)+time.Duration(i)*time.Minute, s.visit(r))
	case blocked:
		s.at(begin/3, s.block(r, "Left on parental leave; keep the access for later."))
	case removed:
		s.at(begin/2, s.end(r, "priya"))
	}
}

func (s *stage) planProgram(r *player, begin time.Duration) {
	s.at(begin, func(ctx context.Context) error {
		made, err := s.Team.CreateAPIUser(s.as(ctx, r.inviter), team.APIUser{Name: r.first, Grants: team.RoleGivings(r.roles...)})
		r.member, r.secret = made.Member, made.Secret
		return err
	})
	last := 3 * time.Minute
	switch r.fate {
	case programBlocked:
		last = begin / 2
		s.at(last-time.Hour, s.block(r, "Its secret stood in a public repository."))
	case programRemoved:
		last = begin / 2
		s.at(last-time.Hour, s.end(r, "nora"))
	}
	s.at(last, func(ctx context.Context) error {
		c, err := s.APIUser.Authenticate(s.nobody(ctx, r), r.member.ClientID, r.secret)
		if err != nil {
			return err
		}
		return s.APIUser.Used(ctx, apiuser.Use{Client: c, At: s.clock, IP: r.ip(), Tokens: 1})
	})
}

func (s *stage) block(r *player, reason string) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := s.Team.Block(s.as(ctx, "nora"), r.member.ID, reason)
		return err
	}
}

func (s *stage) end(r *player, by string) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := s.Team.Remove(s.as(ctx, by), r.member.ID)
		return err
	}
}

// slips plans what a living organisation has besides: names and numbers that changed, a promotion, a
// block that was undone, a letter sent again, and an auditor who tried more than an auditor may.
func (s *stage) slips() {
	edit := func(before time.Duration, by, whom string, e team.Edit) {
		s.at(before, func(ctx context.Context) error {
			_, err := s.Team.Edit(s.as(ctx, by), s.cast[whom].member.ID, e)
			return err
		})
	}
	edit(40*day, "tomás", "maya", team.Edit{Profile: func(m roster.Member) roster.Profile {
		return roster.Profile{FirstName: m.FirstName, LastName: "Oduya-Lind", Phone: m.Phone}
	}})
	edit(27*day, "nora", "amara", team.Edit{Profile: func(m roster.Member) roster.Profile {
		return roster.Profile{FirstName: m.FirstName, LastName: m.LastName, Phone: phone(77)}
	}})
	promoted := team.RoleGivings(roster.RoleMember, roster.RoleAuditor)
	edit(19*day, "nora", "saoirse", team.Edit{Grants: &promoted})
	s.at(17*day, s.block(s.cast["hiroshi"], "Lost a laptop."))
	s.at(16*day, func(ctx context.Context) error {
		_, err := s.Team.Unblock(s.as(ctx, "nora"), s.cast["hiroshi"].member.ID)
		return err
	})
	s.at(2*day+2*time.Hour, func(ctx context.Context) error {
		_, err := s.Team.Resend(s.as(ctx, "tomás"), s.cast["pavel"].member.ID)
		return err
	})
	s.at(2*day+time.Hour, s.deliver(""))
	s.at(8*day, func(ctx context.Context) error {
		_, err := s.Team.Block(s.as(ctx, "greta"), s.cast["callum"].member.ID, "")
		if !roster.Is(err, "forbidden") {
			return fmt.Errorf("the auditor blocked someone: %w", err)
		}
		return nil
	})
	s.at(8*day-2*time.Minute, s.Gate.SealRefusals)
}
