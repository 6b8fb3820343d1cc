package act

import "roster/internal/authz"

// The actions by which people settle what is their own.
const (
	PreferenceEdit       Name = "preference.edit"
	OwnData              Name = "person.data"
	OwnPasswordOffer     Name = "password.change_offer"
	OwnPassword          Name = "password.change"
	ProfileShow          Name = "profile.show"
	ProfileEdit          Name = "profile.edit"
	ProfilePicture       Name = "profile.picture"
	ProfilePictureRemove Name = "profile.picture_remove"
	ProfilePictureShow   Name = "profile.picture_show"
	ProfileLeaving       Name = "profile.leaving"
	ProfileLeave         Name = "profile.leave"
	ProfileNews          Name = "profile.notifications"
	ProfileNewsEdit      Name = "profile.notifications_edit"
	NotificationList     Name = "notification.list"
	NotificationRead     Name = "notification.read"
)

// ownActions are about what people settle for themselves, in the installation and in an organisation of theirs.
func ownActions() []Action {
	return []Action{
		{Name: PreferenceEdit, Kind: authz.Write, Who: Persons, Global: true},
		{Name: OwnData, Kind: authz.Write, Who: Persons, Global: true, Confirm: true}, // it changes nothing, and is an event all the same
		{Name: OwnPasswordOffer, Kind: authz.Read, Who: Persons, Global: true, Confirm: true},
		{Name: OwnPassword, Kind: authz.Write, Who: Persons, Global: true, Confirm: true},
		{Name: ProfileShow, Kind: authz.Read, Who: People},
		{Name: ProfileEdit, Kind: authz.Write, Who: People},
		{Name: ProfilePicture, Kind: authz.Write, Who: People},
		{Name: ProfilePictureRemove, Kind: authz.Write, Who: People},
		{Name: ProfilePictureShow, Kind: authz.Read, Who: People},
		{Name: ProfileLeaving, Kind: authz.Read, Who: People},
		{Name: ProfileNews, Kind: authz.Read, Who: People},
		{Name: ProfileNewsEdit, Kind: authz.Write, Who: People},
		{Name: NotificationList, Kind: authz.Read, Who: People},
		{Name: NotificationRead, Kind: authz.Write, Who: People},
		{Name: ProfileLeave, Kind: authz.Irreversible, Who: People, Confirm: true},
	}
}
