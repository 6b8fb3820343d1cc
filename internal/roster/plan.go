package roster

// Plan limits how many members an organisation may have. A limit of Unlimited is none.
type Plan struct {
	Key         string
	Name        string
	MaxUsers    int // counts invited, active and blocked people
	MaxAPIUsers int // counts API users
}

// Unlimited stands for no limit.
const Unlimited = -1

// The plans that ship (design page 1).
const (
	PlanPlayground = "playground"
	PlanUnlimited  = "unlimited"
)

// Plans gives the plans that ship, the default first.
func Plans() []Plan {
	return []Plan{
		{Key: PlanPlayground, Name: "Playground", MaxUsers: 10, MaxAPIUsers: 10},
		{Key: PlanUnlimited, Name: "Unlimited", MaxUsers: Unlimited, MaxAPIUsers: Unlimited},
	}
}

// PlanByKey finds a plan. Kind: Invalid, naming the plans there are.
func PlanByKey(key string) (Plan, error) {
	for _, p := range Plans() {
		if p.Key == key {
			return p, nil
		}
	}
	return Plan{}, Errorf(Invalid, "plan_unknown", "There is no plan %q. The plans are playground and unlimited.", key).On("plan")
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
