// Package team is the API's area of members: listed, added, shown, edited, given access, cloned, blocked and
// removed. What a member may do, and why, is the access area's; their history is the history's.
package team

import (
	"roster/internal/act"
	"roster/internal/action/factor"
	"roster/internal/action/self"
	"roster/internal/action/signin/recovery"
	members "roster/internal/action/team"
	"roster/internal/action/team/bulk"
	"roster/internal/action/team/erasure"
	"roster/internal/action/team/export"
	"roster/internal/action/team/picture"
	"roster/internal/action/team/profile"
	"roster/internal/action/team/removal"
	"roster/internal/action/team/way"
	"roster/internal/server/api"
	"roster/internal/sheet"
	"roster/internal/words"
)

type area struct {
	room     *members.Room
	removals *removal.Room
	erasures *erasure.Room
	selves   *self.Room
	pictures *picture.Room
	bulks    *bulk.Room
	exports  *export.Room
	factors  *factor.Room
	ways     *way.Room
	recovery *recovery.Room
	profiles *profile.Room
	absolute func(path string) string
	words    *words.Catalogue // of an export's header
}

// Rooms are those that the area asks.
type Rooms struct {
	Team     *members.Room
	Removals *removal.Room
	Erasures *erasure.Room
	Selves   *self.Room
	Pictures *picture.Room
	Bulks    *bulk.Room
	Exports  *export.Room
	Factors  *factor.Room
	Ways     *way.Room
	Recovery *recovery.Room
	Profiles *profile.Room
}

// Routes is the area. say has the words of an export's header.
func Routes(r Rooms, say *words.Catalogue) api.Area {
	return func(d *api.Door) {
		area{r.Team, r.Removals, r.Erasures, r.Selves, r.Pictures, r.Bulks, r.Exports, r.Factors, r.Ways, r.Recovery, r.Profiles, d.Absolute, say}.routes(d)
	}
}

func (a area) routes(d *api.Door) {
	const all, one = "/orgs/{org}/members", "/orgs/{org}/members/{id}"
	d.Things(one, a.allowed)

	api.Add(d, api.Op("GET "+all, act.MemberList, "List members"), a.list)
	api.Add(d, api.Op("POST "+all, act.MemberInvite, "Add a member: invite a person, create one with a password, or make an API user"), a.add, api.Also(act.APIUserCreate, act.MemberCreate), api.Created)
	api.Add(d, api.Op("POST "+all+"/bulk", act.MemberInvite, "Invite several people, or act on several members, each with an outcome of their own"), a.bulk, api.Named("member.bulk"), api.Also(bulk.Actions()...))
	api.Add(d, api.Op("POST "+all+"/export", act.MemberExport, "Export the members as a file for spreadsheet programs; the history tells of it"), a.export,
		api.GivesFile("The file.", sheet.CSV.Media(), sheet.XLSX.Media()))
	api.Add(d, api.Op("GET "+one, act.MemberShow, "Show a member"), a.show)
	api.Add(d, api.Op("PATCH "+one, act.MemberEdit, "Edit a member's profile (JSON merge patch)"), a.edit, api.MergePatch[MemberPatch])
	api.Add(d, api.Op("GET "+one+"/removal", act.MemberRemoval, "Look what removing a member would end, and what somebody could take over"), a.removal)
	api.Add(d, api.Op("DELETE "+one, act.MemberRemove, "Remove a member for good, or withdraw an invitation"), a.remove, api.Tryable)
	api.Add(d, api.Op("GET "+one+"/erasure", act.MemberErasure, "Look what erasing a removed member would delete"), a.erasure)
	api.Add(d, api.Op("POST "+one+"/erase", act.MemberErase, "Erase what is kept of a removed member, from the history too, for good"), a.erase, api.Tryable)
	api.Add(d, api.Op("POST "+one+"/data", act.MemberData, "Take all that the organisation keeps of a person; the history tells of it"), a.data,
		api.GivesFile("The file.", "application/json"))

	api.Add(d, api.Op("GET "+one+"/picture", act.MemberPictureShow, "Show a person's picture"), a.picture, api.GivesPicture)
	api.Add(d, api.Op("PUT "+one+"/picture", act.MemberPicture, "Set a person's picture: the bytes of a PNG, JPEG or WebP"), a.setPicture, api.TakesPicture)
	api.Add(d, api.Op("DELETE "+one+"/picture", act.MemberPictureRemove, "Take a person's picture away"), a.removePicture)

	api.Add(d, api.Op("PUT "+one+"/grants", act.MemberGrant, "Set all grants of a member"), a.setGrants, api.Tryable)
	api.Add(d, api.Op("GET "+one+"/clone", act.MemberCloneOffer, "Look what cloning a member would bring, and what not"), a.offer)
	api.Add(d, api.Op("POST "+one+"/clone", act.MemberClone, "Add a member with another's access, as far as the caller can give it"), a.clone, api.Created)
	api.Add(d, api.Op("POST "+one+"/block", act.MemberBlock, "Block a member until unblocked"), a.block, api.Tryable)
	api.Add(d, api.Op("POST "+one+"/unblock", act.MemberUnblock, "Unblock a member"), a.unblock, api.Tryable)
	api.Add(d, api.Op("POST "+one+"/password", act.MemberPassword, "Set a managed person's password; their sessions end, and they choose their own at the next sign-in"), a.setPassword)
	api.Add(d, api.Op("POST "+one+"/sign-out", act.MemberSignOut, "Sign a person out of the organisation on every device; they come in again by signing in"), a.signOut, api.Tryable)
	api.Add(d, api.Op("PUT "+one+"/login-method", act.MemberMethod, "Choose how a person comes in; the way until now is over at once, and an open invitation goes out anew"), a.setMethod, api.Tryable)
	api.Add(d, api.Op("POST "+one+"/reset-mfa", act.MemberFactorReset, "Reset a person's second factors that are lost: at once where the organisation manages them, else by a letter"), a.resetFactor)
	api.Add(d, api.Op("POST "+one+"/reset-password", act.MemberPasswordReset, "Send a person who has a password of their own the link by which they choose a new one"), a.resetPassword)
	api.Add(d, api.Op("POST "+one+"/resend", act.MemberResend, "Send the invitation again; earlier links die"), a.resend)
	api.Add(d, api.Op("POST "+one+"/invitation-link", act.MemberLink, "Make an invitation link to hand over; earlier links die"), a.link)
}
