// Package bulletin names what members are told of their organisation by letter. It tells nobody.
package bulletin

// Notification is what members are told by letter because it happened in their organisation, as long as they do not switch
// it off. What concerns their own sign-in is none: of that they are always told.
type Notification string

// The notifications.
const (
	NotifyAccepted   Notification = "accepted"   // somebody whom they invited came in
	NotifyUnanswered Notification = "unanswered" // an invitation of theirs came to nothing: it expired, or its letter did not arrive
	NotifySeats      Notification = "seats"      // the plan's seats are nearly used up
	NotifyEnding     Notification = "ending"     // the time of an API user whom they made, or whose Owners they are, is nearly over
	NotifyAccess     Notification = "access"     // somebody else changed what they may do
	NotifyWebhook    Notification = "webhook"    // a webhook was paused, since nothing could be delivered
)

// Notifications gives all of them, in the order in which they are shown.
func Notifications() []Notification {
	return []Notification{NotifyAccess, NotifyAccepted, NotifyUnanswered, NotifySeats, NotifyEnding, NotifyWebhook}
}

// News is one kind of thing that happened; several may be one notification.
type News string

// The kinds of news.
const (
	NewsAccess   News = "access"    // about nobody else
	NewsAccepted News = "accepted"  // about the member who came in
	NewsExpired  News = "expired"   // about the member whose invitation it was
	NewsRefused  News = "refused"   // likewise
	NewsEnding   News = "ending"    // about the API user
	NewsSeats    News = "seats"     // about the organisation: its people
	NewsAPISeats News = "api_seats" // its API users
	NewsWebhook  News = "webhook"   // about the webhook that was paused
)

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
