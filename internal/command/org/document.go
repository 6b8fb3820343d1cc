package org

import (
	"time"

	"roster/internal/action/org"
	"roster/internal/command"
	"roster/internal/roster"
	api "roster/internal/server/api/org"
)

type organisationDocument struct {
	ID        roster.OrgID   `json:"id"`
	Slug      string         `json:"slug"`
	Name      string         `json:"name"`
	Plan      string         `json:"plan"`
	Picture   *string        `json:"picture_url"`
	Users     int            `json:"users"`
	APIUsers  int            `json:"api_users"`
	CreatedAt time.Time      `json:"created_at"`
	Suspended *time.Time     `json:"suspended_at"`
	DeleteAt  *time.Time     `json:"delete_at"`
	Settings  *settings      `json:"settings,omitempty"` // of one that is shown or edited
	Owner     *ownerDocument `json:"owner,omitempty"`    // of a new one
}

type settings struct {
	InvitationTTL  int64                `json:"invitation_ttl"` // seconds
	PhoneRequired  bool                 `json:"phone_required"`
	Domains        []string             `json:"domains"`
	AdminPasswords bool                 `json:"admin_passwords"`
	SecondSecrets  bool                 `json:"second_secrets"`
	EraseAfter     int                  `json:"erase_after_days"`
	FactorRequired bool                 `json:"factor_required"`
	FactorGrace    int64                `json:"factor_grace"` // seconds
	Accent         *string              `json:"accent"`
	Sender         *string              `json:"sender"`
	ReplyTo        *string              `json:"reply_to"`
	ProductName    *string              `json:"product_name"`
	FooterLinks    []command.FooterLink `json:"footer_links"`
}

type ownerDocument struct {
	ID         roster.MemberID    `json:"id"`
	Email      string             `json:"email"`
	Invitation command.Invitation `json:"invitation"`
}

func organisationOf(o roster.Organisation) organisationDocument {
	return organisationDocument{ID: o.ID, Slug: o.Slug, Name: o.Name, Plan: o.Plan, Picture: command.Text(api.PictureURL(o)), Users: o.People, APIUsers: o.APIUsers, CreatedAt: o.CreatedAt, Suspended: command.Some(o.SuspendedAt), DeleteAt: command.Some(o.DeleteAt)}
}

func settledOf(o roster.Organisation) organisationDocument {
	d := organisationOf(o)
	d.Settings = &settings{int64(o.InvitationTTL / time.Second), o.PhoneRequired, append([]string{}, o.Domains...), o.AdminPasswords, o.SecondSecrets, o.EraseAfter, !o.FactorSince.IsZero(), int64(o.FactorGrace / time.Second), command.Text(o.Brand.Colour()), command.Text(o.Brand.Sender), command.Text(o.Brand.ReplyTo), command.Text(o.Brand.Product), command.FooterLinks(o.Brand.Footer)}
	return d
}

func foundedOf(f org.Founded, email, link string) organisationDocument {
	d := organisationOf(f.Organisation)
	until := f.Organisation.CreatedAt.Add(f.Organisation.InvitationTTL)
	d.Owner = &ownerDocument{ID: f.Owner, Email: email, Invitation: command.Invitation{
		State: string(roster.InvitationLive), SentAt: command.Some(d.CreatedAt), ExpiresAt: command.Some(until), Link: link,
	}}
	return d
}
