package self

import (
	"encoding/base64"
	"strconv"
	"time"

	"roster/internal/roster"
)

// The file of what is kept of somebody. Its words are the API's.
type (
	// File is all but the lines of the histories.
	File struct {
		Person   filePerson    `json:"person"`
		Sessions []fileSession `json:"sessions"`
		Changes  []fileChange  `json:"email_changes"`
		Devices  []fileDevice  `json:"devices"`
		Places   []filePlace   `json:"memberships"`
	}
	filePerson struct {
		ID          string            `json:"id"`
		Email       string            `json:"email"`
		ManagedBy   string            `json:"managed_by,omitempty"` // an organisation's ID
		CreatedAt   time.Time         `json:"created_at"`
		Preferences map[string]string `json:"preferences"`
		Password    bool              `json:"password"`
		Factors     []fileFactor      `json:"factors"`
		Codes       int               `json:"recovery_codes_left"`
	}
	fileFactor struct {
		Kind      string    `json:"kind"`
		Name      string    `json:"name"`
		CreatedAt time.Time `json:"created_at"`
		UsedAt    time.Time `json:"used_at,omitzero"`
	}
	fileDevice struct {
		SeenAt time.Time `json:"seen_at"`
	}
	fileChange struct {
		State   string    `json:"state"` // asked, done or undone
		From    string    `json:"from"`
		To      string    `json:"to"`
		AskedAt time.Time `json:"asked_at"`
		Until   time.Time `json:"until"`
	}
	fileSession struct {
		ID        string         `json:"id"`
		Browser   string         `json:"browser"`
		IP        string         `json:"ip"`
		Proofs    []roster.Proof `json:"proofs"`
		CreatedAt time.Time      `json:"created_at"`
		SeenAt    time.Time      `json:"seen_at"`
		ExpiresAt time.Time      `json:"expires_at"`
	}
	filePlace struct {
		Organisation string            `json:"organisation"`
		Slug         string            `json:"slug"`
		Name         string            `json:"name"`
		Member       fileMember        `json:"member"`
		Grants       []fileGrant       `json:"grants"`
		Views        []fileView        `json:"views"`
		Ways         map[string]string `json:"notifications"`        // how they want to be told, where that is not the usual way
		Told         []fileTold        `json:"told"`                 // what happened, of which they are told
		Identifier   string            `json:"identifier,omitempty"` // what the provider of their connection must say of them
		Subject      string            `json:"subject,omitempty"`    // what it calls them for good
		Invitations  []fileInvitation  `json:"invitations"`          // the newest first
		Picture      string            `json:"picture,omitempty"`    // a data URL
	}
	fileInvitation struct {
		State     string    `json:"state"`
		Inviter   string    `json:"inviter,omitempty"` // as the letter named them
		Message   string    `json:"message"`
		MadeAt    time.Time `json:"made_at"`
		SentAt    time.Time `json:"sent_at,omitzero"`
		OpenedAt  time.Time `json:"opened_at,omitzero"`
		ExpiresAt time.Time `json:"expires_at,omitzero"`
		EndedAt   time.Time `json:"ended_at,omitzero"`
	}
	fileTold struct {
		Kind   string    `json:"kind"`
		At     time.Time `json:"at"`
		ReadAt time.Time `json:"read_at,omitzero"`
	}
	fileMember struct {
		ID         string    `json:"id"`
		Kind       string    `json:"kind"`
		Status     string    `json:"status"`
		FirstName  string    `json:"first_name"`
		LastName   string    `json:"last_name"`
		Email      string    `json:"email"`
		Phone      string    `json:"phone"`
		Picture    bool      `json:"picture"`
		ExternalID string    `json:"external_id,omitempty"`  // to the organisation
		Reason     string    `json:"block_reason,omitempty"` // likewise
		Unit       string    `json:"unit,omitempty"`         // an external user's customer account
		VerifiedAt time.Time `json:"verified_at,omitzero"`
		LastSeenAt time.Time `json:"last_seen_at,omitzero"`
		CreatedAt  time.Time `json:"created_at"`
		UpdatedAt  time.Time `json:"updated_at"`
		RemovedAt  time.Time `json:"removed_at,omitzero"`
	}
	fileGrant struct {
		Role       string    `json:"role,omitempty"`
		Permission string    `json:"permission,omitempty"`
		Scope      string    `json:"scope,omitempty"`
		Unit       string    `json:"unit,omitempty"`
		Until      time.Time `json:"until,omitzero"`
		GivenAt    time.Time `json:"given_at"`
	}
	fileView struct {
		Name  string `json:"name"`
		Query string `json:"query"`
	}
)

// File gives the data as they are written.
func (d Data) File() File {
	p := d.Person
	head := File{
		Person: filePerson{
			ID: string(p.ID), Email: p.Email.Typed, ManagedBy: string(p.ManagedBy), CreatedAt: p.CreatedAt, Password: d.Password, Factors: []fileFactor{}, Codes: d.Codes,
			Preferences: map[string]string{"language": p.Language, "zone": p.Zone, "theme": p.Theme, "density": p.Density, "device_letters": strconv.FormatBool(!p.Quiet)},
		},
		Sessions: []fileSession{}, Changes: []fileChange{}, Devices: []fileDevice{}, Places: []filePlace{},
	}
	for _, f := range d.Factors {
		head.Person.Factors = append(head.Person.Factors, fileFactor{f.Kind, f.Name, f.CreatedAt, f.UsedAt})
	}
	for _, s := range d.Sessions {
		head.Sessions = append(head.Sessions, fileSession{s.ID, s.Agent, s.IP, s.Proofs, s.CreatedAt, s.SeenAt, s.ExpiresAt})
	}
	for _, c := range d.Changes {
		head.Changes = append(head.Changes, fileChange{string(c.State), c.Was.Typed, c.Fresh.Typed, c.AskedAt, c.UntilAt})
	}
	for _, at := range d.Devices {
		head.Devices = append(head.Devices, fileDevice{at})
	}
	for _, at := range d.Places {
		head.Places = append(head.Places, placeOf(at))
	}
	return head
}

func placeOf(at Place) filePlace {
	m := at.Member
	p := filePlace{
		Organisation: string(at.Org), Slug: at.Slug, Name: at.Name, Grants: []fileGrant{}, Views: []fileView{}, Ways: map[string]string{}, Told: []fileTold{}, Identifier: at.Identity.Identifier, Subject: at.Identity.Subject, Invitations: at.invitations(),
		Member: fileMember{
			ID: string(m.ID), Kind: string(m.Kind), Status: string(m.Status), FirstName: m.FirstName, LastName: m.LastName, Email: m.Email.Typed, Phone: m.Phone,
			Picture: m.Picture != "", VerifiedAt: m.VerifiedAt, LastSeenAt: m.LastSeenAt, CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt, RemovedAt: m.RemovedAt, Unit: string(m.Unit),
		},
	}
	if at.House {
		p.Member.ExternalID, p.Member.Reason = m.ExternalID, m.BlockReason
	}
	if at.Picture.Hash != "" {
		p.Picture = "data:" + at.Picture.Media + ";base64," + base64.StdEncoding.EncodeToString(at.Picture.Data)
	}
	for _, g := range at.Grants {
		p.Grants = append(p.Grants, fileGrant{g.Role, g.Permission, g.Scope, string(g.Unit), g.Until, g.GivenAt})
	}
	for n, w := range at.Ways {
		p.Ways[string(n)] = string(w)
	}
	for _, t := range at.Told {
		p.Told = append(p.Told, fileTold{string(t.Kind), t.At, t.Read})
	}
	for _, w := range at.Views {
		p.Views = append(p.Views, fileView{w.Name, w.Query})
	}
	return p
}

// invitations gives those that somebody handed over, and to the organisation the others too.
func (at Place) invitations() []fileInvitation {
	all := []fileInvitation{}
	for _, i := range at.Sent {
		if i.SentAt.IsZero() && !at.House {
			continue
		}
		f := fileInvitation{State: string(i.State), Message: i.Message, MadeAt: i.MadeAt, SentAt: i.SentAt, OpenedAt: i.OpenedAt, ExpiresAt: i.ExpiresAt, EndedAt: i.EndedAt}
		if !i.SentAt.IsZero() {
			f.Inviter = i.InviterBy
		}
		all = append(all, f)
	}
	return all
}
