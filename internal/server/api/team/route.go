// Package team is the API's area of members: listed, added, shown, edited, given access, cloned, blocked and
// removed. What a member may do, and why, is the access area's; their history is the history's.
package team

import (
	"roster/internal/action"
	"roster/internal/action/factor"
	members "roster/internal/action/team"
	"roster/internal/action/team/bulk"
	"roster/internal/action/team/export"
	"roster/internal/action/team/picture"
	"roster/internal/action/team/removal"
	"roster/internal/server/api"
	"roster/internal/sheet"
	"roster/internal/words"
)

type area struct {
	room     *members.Room
	removals *removal.Room
	pictures *picture.Room
	bulks    *bulk.Room
	exports  *export.Room
	factors  *factor.Room
	absolute func(path string) string
	words    *words.Catalogue // of an export's header
}

// Rooms are those that the area asks.
type Rooms struct {
	Team     *members.Room
	Removals *removal.Room
	Pictures *picture.Room
	Bulks    *bulk.Room
	Exports  *export.Room
	Factors  *factor.Room
}

// Routes is the area. say has the words of an export's header.
func Routes(r Rooms, say *words.Catalogue) api.Area {
	return func(d *api.Door) {
		area{r.Team, r.Removals, r.Pictures, r.Bulks, r.Exports, r.Factors, d.Absolute, say}.routes(d)
	}
}

func (a area) routes(d *api.Door) {
	const all, one = "/orgs/{org}/members", "/orgs/{org}/members/{id}"
	d.Things(one, a.allowed)

	api.Add(d, api.Op("GET "+all, action.MemberList, "List members"), a.list)
	api.Add(d, api.Op("POST "+all, action.MemberInvite, "Add a member: invite a person, create one with a password, or make an API user"), a.add, api.Also(action.APIUserCreate, action.MemberCreate), api.Created)
	api.Add(d, api.Op("POST "+all+"/bulk", action.MemberInvite, "Invite several people, or act on several members, each with an outcome of their own"), a.bulk, api.Named("member.bulk"), api.Also(bulk.Actions()...))
	api.Add(d, api.Op("POST "+all+"/export", action.MemberExport, "Export the members as a file for spreadsheet programs; the history tells of it"), a.export,
		api.GivesFile("The file.", sheet.CSV.Media(), sheet.XLSX.Media()))
	api.Add(d, api.Op("GET "+one, action.MemberShow, "Show a member"), a.show)
	api.Add(d, api.Op("PATCH "+one, action.MemberEdit, "Edit a member's profile (JSON merge patch)"), a.edit, api.MergePatch[MemberPatch])
	api.Add(d, api.Op("GET "+one+"/removal", action.MemberRemoval, "Look what removing a member would end, and what somebody could take over"), a.removal)
	api.Add(d, api.Op("DELETE "+one, action.MemberRemove, "Remove a member for good, or withdraw an invitation"), a.remove)

	api.Add(d, api.Op("GET "+one+"/picture", action.MemberPictureShow, "Show a person's picture"), a.picture)
	api.Add(d, api.Op("PUT "+one+"/picture", action.MemberPicture, "Set a person's picture: the bytes of a PNG, JPEG or WebP"), a.setPicture, api.TakesPicture)
	api.Add(d, api.Op("DELETE "+one+"/picture", action.MemberPictureRemove, "Take a person's picture away"), a.removePicture)

	api.Add(d, api.Op("PUT "+one+"/grants", action.MemberGrant, "Set all grants of a member"), a.setGrants)
	api.Add(d, api.Op("GET "+one+"/clone", action.MemberCloneOffer, "Look what cloning a member would bring, and what not"), a.offer)
	api.Add(d, api.Op("POST "+one+"/clone", action.MemberClone, "Add a member with another's access, as far as the caller can give it"), a.clone, api.Created)
	api.Add(d, api.Op("POST "+one+"/block", action.MemberBlock, "Block a member until unblocked"), a.block)
	api.Add(d, api.Op("POST "+one+"/unblock", action.MemberUnblock, "Unblock a member"), a.unblock)
	api.Add(d, api.Op("POST "+one+"/password", action.MemberPassword, "Set a managed person's password; their sessions end, and they choose their own at the next sign-in"), a.setPassword)
	api.Add(d, api.Op("POST "+one+"/reset-mfa", action.MemberFactorReset, "Reset a person's second factors that are lost: at once where the organisation manages them, else by a letter"), a.resetFactor)
	api.Add(d, api.Op("POST "+one+"/resend", action.MemberResend, "Send the invitation again; earlier links die"), a.resend)
	api.Add(d, api.Op("POST "+one+"/invitation-link", action.MemberLink, "Make an invitation link to hand over; earlier links die"), a.link)
}
