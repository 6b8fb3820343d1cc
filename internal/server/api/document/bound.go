package document

import (
	"cmp"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"roster/internal/action"
	"roster/internal/action/apiuser/credential"
	"roster/internal/action/method"
	"roster/internal/action/signin/portal"
	"roster/internal/action/team"
	"roster/internal/action/team/view"
	"roster/internal/authz"
	"roster/internal/endpoint"
	"roster/internal/footer"
	"roster/internal/login"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/sheet"
)

// bounds are how long a text may be, or how many things a list may have, by the names of fields. The rooms hold them; a
// field whose own tag says otherwise keeps that.
type bounds map[string]int

// everywhere are the bounds of fields that mean the same wherever they are sent.
func everywhere() bounds {
	return bounds{
		"email": roster.MaxEmail, "owner": roster.MaxEmail, "reply_to": roster.MaxEmail,
		"first_name": roster.MaxName, "last_name": roster.MaxName, "name": roster.MaxName, "sender": roster.MaxName, "product_name": roster.MaxName, "confirm_name": roster.MaxName,
		"external_id": roster.MaxExternalID, "unit": roster.MaxExternalID, "parent": roster.MaxExternalID,
		"identifier": login.MaxIdentifier, "message": roster.MaxMessage, "description": roster.MaxMessage, "reason": roster.MaxReason,
		"password": secret.MaxBytes, "query": view.MaxQuery, "public_key": credential.MaxText,
		"invite": action.MostRows, "domains": roster.MaxDomains, "footer_links": footer.Most, "grants": team.MostGrants, "allowed_from": policy.MaxNetworks,
	}
}

// apart are the bounds of what is sent as one kind of thing, by its schema, where a field's name means something of its own.
func apart() map[string]bounds {
	connection := bounds{
		"name": login.MaxName, "issuer": login.MaxURL, "authorize_url": login.MaxURL, "token_url": login.MaxURL, "user_info_url": login.MaxURL,
		"client_id": login.MaxClient, "client_secret": method.MaxSecret, "identifier_claim": login.MaxClaim, "scopes": login.MostScopes, "parameters": login.MostParameters,
	}
	webhook := bounds{"name": endpoint.MaxName, "url": endpoint.MaxURL, "events": endpoint.MostEvents}
	role := bounds{"description": roster.MaxReason}
	declared := bounds{"key": authz.MaxKey}
	return map[string]bounds{
		"New": connection, "Patch": connection, "Parameter": {"name": login.MaxParameter, "value": login.MaxURL},
		"NewWebhook": webhook, "WebhookPatch": webhook, "NewRole": role, "RolePatch": role,
		"Declaration": {"scopes": authz.MostDeclared, "permissions": authz.MostDeclared, "mappings": authz.MostDeclared}, "Scope": declared, "Permission": declared,
		"ImportColumns": {"columns": sheet.MostColumns}, "ImportCells": {"cells": sheet.MostColumns},
		"NewPortalLink": {"member": portal.MaxMember},
		"Link":          {"label": footer.MaxLabel, "url": footer.MaxURL},
	}
}

// filled are the texts that may not be empty, by the schema of what is sent.
func filled() map[string][]string {
	return map[string][]string{
		"NewOrganisation": {"name", "owner"}, "Assignment": {"plan"}, "NewPortalLink": {"member"}, "Deletion": {"confirm_name"}, "SetPassword": {"password"},
		"NewRole": {"name", "description"}, "NewUnit": {"name"}, "NewView": {"name"}, "New": {"name", "client_id"}, "NewWebhook": {"url"},
		"Scope": {"key", "name"}, "Permission": {"key", "name"},
	}
}

// patterns are what texts look like, by the schema of what is sent.
func patterns() map[string]map[string]string {
	return map[string]map[string]string{"Scope": {"key": authz.ScopeKey}, "Permission": {"key": authz.PermissionKey}}
}

// bound says how long what is sent as a schema may be, and what it looks like.
func bound(name string, s *huma.Schema) {
	all, own, one := everywhere(), apart()[name], 1
	for field, p := range s.Properties {
		if slices.Contains(filled()[name], field) {
			p.MinLength = cmp.Or(p.MinLength, &one)
		}
		p.Pattern = cmp.Or(p.Pattern, patterns()[name][field])
		n, ok := own[field]
		if !ok {
			n = all[field]
		}
		switch {
		case n == 0:
		case p.Type == huma.TypeString && len(p.Enum) == 0:
			p.MaxLength = cmp.Or(p.MaxLength, &n)
		case p.Type == huma.TypeArray:
			p.MaxItems = cmp.Or(p.MaxItems, &n)
		}
	}
}
