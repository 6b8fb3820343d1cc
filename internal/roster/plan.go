package roster

import (
	"strconv"
	"strings"
)

// Plan limits how many members an organisation may have. A limit of Unlimited is none.
type Plan struct {
	Key         string
	Name        string
	MaxUsers    int  // counts invited, active and blocked people
	MaxAPIUsers int  // counts API users
	BuiltIn     bool // it ships, and can be neither edited nor deleted
	Offered     bool // every organisation may look at it; others see it only when they are on it
}

// Unlimited stands for no limit.
const Unlimited = -1

// MaxLimit is the largest limit that a plan can set.
const MaxLimit = 1_000_000_000

// The plans that ship (design page 1).
const (
	PlanPlayground = "playground"
	PlanUnlimited  = "unlimited"
)

// Plans gives the plans that ship, the default first. Operators define others beside them.
func Plans() []Plan {
	return []Plan{
		{Key: PlanPlayground, Name: "Playground", MaxUsers: 10, MaxAPIUsers: 10, BuiltIn: true, Offered: true},
		{Key: PlanUnlimited, Name: "Unlimited", MaxUsers: Unlimited, MaxAPIUsers: Unlimited, BuiltIn: true, Offered: true},
	}
}

// Ref points at the plan.
func (p Plan) Ref() Ref { return Ref{Kind: "plan", ID: p.Key, Name: p.Name} }

// Clean gives the plan as it may be kept: a key in the form of a slug, a name, limits from 0. Kind: Invalid.
func (p Plan) Clean() (Plan, error) {
	var bad Problems
	if p.Key == "" || p.Key != Slug(p.Key) {
		bad.Add("key", Errorf(Invalid, "plan_key_invalid", "A plan's key has lower case letters, digits and single hyphens, such as \"team-50\"; at most 40."))
	}
	name, err := CleanName(p.Name)
	if err == nil && name == "" {
		err = Errorf(Invalid, "field_required", "Name the plan.")
	}
	bad.Add("name", err)
	p.Name = name
	for field, n := range map[string]int{"max_users": p.MaxUsers, "max_api_users": p.MaxAPIUsers} {
		if n != Unlimited && (n < 0 || n > MaxLimit) {
			bad.Add(field, Errorf(Invalid, "limit_invalid", "A limit is a number from 0 to %d, or unlimited.", MaxLimit))
		}
	}
	return p, bad.Err()
}

// ParseLimit reads a limit as people write it: a number from 0, or "unlimited". Kind: Invalid.
func ParseLimit(s string) (int, error) {
	if s == PlanUnlimited {
		return Unlimited, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > MaxLimit {
		return 0, Errorf(Invalid, "limit_invalid", "A limit is a number from 0 to %d, or unlimited.", MaxLimit)
	}
	return n, nil
}

// ShowLimit writes a limit as ParseLimit reads it.
func ShowLimit(n int) string {
	if n == Unlimited {
		return PlanUnlimited
	}
	return strconv.Itoa(n)
}

// PlanUnknown refuses a plan that is not among those there are. Kind: Invalid.
func PlanUnknown(key string, there []Plan) error {
	keys := make([]string, len(there))
	for i, p := range there {
		keys[i] = p.Key
	}
	last := len(keys) - 1
	return Errorf(Invalid, "plan_unknown", "There is no plan %q. The plans are %s and %s.", key, strings.Join(keys[:last], ", "), keys[last]).On("plan")
}

// SeatsLeft tells how many more people fit, or Unlimited.
func (p Plan) SeatsLeft(people int) int { return left(p.MaxUsers, people) }

// APIUsersLeft tells how many more API users fit, or Unlimited.
func (p Plan) APIUsersLeft(apiUsers int) int { return left(p.MaxAPIUsers, apiUsers) }

func left(limit, used int) int {
	if limit == Unlimited {
		return Unlimited
	}
	return max(0, limit-used)
}

// CheckSeats is rule 6: an organisation that grows by more people or API users must stay
// within its plan. Growth of zero or less is always allowed, so that a smaller plan removes
// nobody. Kind: Conflict, code seat_limit, naming plan, limit and count.
func (p Plan) CheckSeats(people, apiUsers, morePeople, moreAPIUsers int) error {
	if morePeople > 0 && p.MaxUsers != Unlimited && people+morePeople > p.MaxUsers {
		return Errorf(Conflict, "seat_limit",
			"The plan %s allows %d users and %d are in use. Remove someone or change the plan to add more.", p.Name, p.MaxUsers, people)
	}
	if moreAPIUsers > 0 && p.MaxAPIUsers != Unlimited && apiUsers+moreAPIUsers > p.MaxAPIUsers {
		return Errorf(Conflict, "seat_limit",
			"The plan %s allows %d API users and %d are in use. Remove one or change the plan to add more.", p.Name, p.MaxAPIUsers, apiUsers)
	}
	return nil
}

// Nearing tells whether a count that grew reached nine tenths of a limit by that: then its organisation is told.
func Nearing(limit, before, after int) bool {
	if limit == Unlimited {
		return false
	}
	mark := limit - limit/10
	return before < mark && after >= mark
}

// Fit is what a plan would be to an organisation: how many are over its limits, and what it would refuse.
// Nobody is removed by a smaller plan, so who is over stays.
type Fit struct {
	Plan            Plan
	People          int // in use
	APIUsers        int
	UsersOver       int
	APIUsersOver    int
	RefusesUsers    bool // the next person would be refused
	RefusesAPIUsers bool
}

// Fit tells what the plan would be to an organisation of so many people and API users.
func (p Plan) Fit(people, apiUsers int) Fit {
	f := Fit{Plan: p, People: people, APIUsers: apiUsers}
	if p.MaxUsers != Unlimited {
		f.UsersOver, f.RefusesUsers = max(0, people-p.MaxUsers), people >= p.MaxUsers
	}
	if p.MaxAPIUsers != Unlimited {
		f.APIUsersOver, f.RefusesAPIUsers = max(0, apiUsers-p.MaxAPIUsers), apiUsers >= p.MaxAPIUsers
	}
	return f
}
