// Package bulletin names what members are told of their organisation, and how. It tells nobody.
package bulletin

// Notification is what members are told because it happened in their organisation, in the way that they want. What
// concerns their own sign-in is none: of that they are always told, by letter.
type Notification string

// The notifications.
const (
	NotifyAccepted      Notification = "accepted"      // somebody whom they invited came in
	NotifyUnanswered    Notification = "unanswered"    // an invitation of theirs came to nothing: it expired, or its letter did not arrive
	NotifySeats         Notification = "seats"         // the plan's seats are nearly used up
	NotifyEnding        Notification = "ending"        // the time of an API user whom they made, or whose Owners they are, is nearly over
	NotifyAccess        Notification = "access"        // somebody else changed what they may do
	NotifyWebhook       Notification = "webhook"       // a webhook was paused, since nothing could be delivered
	NotifyAdministrator Notification = "administrator" // somebody administers people who did not before
	NotifyOperator      Notification = "operator"      // an operator entered; nobody chooses not to be told
)

// Notifications gives those about which members choose how they are told, in the order in which they are shown.
func Notifications() []Notification {
	return []Notification{NotifyAccess, NotifyAccepted, NotifyUnanswered, NotifyAdministrator, NotifySeats, NotifyEnding, NotifyWebhook}
}

// Way is how a member is told. Whichever it is but the last, it stands in the dashboard.
type Way string

// The ways.
const (
	WayLetter    Way = "letter"    // by letter too, within minutes
	WayDaily     Way = "daily"     // by letter too, once a day in their morning
	WayDashboard Way = "dashboard" // there alone
	WayNone      Way = "none"
)

// Ways gives them, in the order in which they are shown.
func Ways() []Way { return []Way{WayLetter, WayDaily, WayDashboard, WayNone} }

// Usual is how members are told who chose nothing. Of operators a letter of its own tells.
func (n Notification) Usual() Way {
	if n == NotifyOperator {
		return WayDashboard
	}
	return WayLetter
}

// News is one kind of thing that happened; several may be one notification.
type News string

// The kinds of news.
const (
	NewsAccess        News = "access"        // about nobody else
	NewsAccepted      News = "accepted"      // about the member who came in
	NewsExpired       News = "expired"       // about the member whose invitation it was
	NewsRefused       News = "refused"       // likewise
	NewsEnding        News = "ending"        // about the API user
	NewsSeats         News = "seats"         // about the organisation: its people
	NewsAPISeats      News = "api_seats"     // its API users
	NewsWebhook       News = "webhook"       // about the webhook that was paused
	NewsAdministrator News = "administrator" // about the member who administers people now
	NewsOperator      News = "operator"      // about the operator's visit
)

// Kinds gives every kind of news.
func Kinds() []News {
	return []News{NewsAccess, NewsAccepted, NewsExpired, NewsRefused, NewsEnding, NewsSeats, NewsAPISeats, NewsWebhook, NewsAdministrator, NewsOperator}
}

// Notification gives which one the news are.
func (n News) Notification() Notification {
	switch n {
	case NewsExpired, NewsRefused:
		return NotifyUnanswered
	case NewsSeats, NewsAPISeats:
		return NotifySeats
	}
	return Notification(n)
}

// OfMember tells whether the news are about a member.
func (n News) OfMember() bool {
	switch n {
	case NewsAccepted, NewsExpired, NewsRefused, NewsEnding, NewsAdministrator:
		return true
	}
	return false
}
