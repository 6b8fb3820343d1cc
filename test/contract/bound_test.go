package contract_test

import (
	"testing"

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
	"roster/internal/sheet"
)

// TestTheDocumentTellsWhatKeysLookLike: and that a text is needed. That an empty one is refused, the tour asks, too.
func TestTheDocumentTellsWhatKeysLookLike(t *testing.T) {
	d := read(t, prepare(t).Rig)
	for schema, want := range map[string]string{"Scope": authz.ScopeKey, "Permission": authz.PermissionKey} {
		if p := d.Components.Schemas[schema].Properties["key"]; p.Pattern != want || p.MinLength == nil || *p.MinLength != 1 {
			t.Errorf("%s.key: %+v", schema, p)
		}
	}
	if p := d.Components.Schemas["NewRole"].Properties["description"]; p.MinLength == nil {
		t.Errorf("a role without a description: %+v", p)
	}
}

func TestTheDocumentTellsWhatEachPartIsAbout(t *testing.T) {
	d := read(t, prepare(t).Rig)
	for _, tag := range d.Tags {
		if tag.Description == "" {
			t.Errorf("nothing says what %s are about: say it in document.about", tag.Name)
		}
	}
	if len(d.Tags) < 10 {
		t.Errorf("the document has the parts %v", d.Tags)
	}
}

// TestTheDocumentTellsTheBoundsOfTheCode: what the rooms hold is what the document says of each kind of thing that is sent,
// where the same name means several things, too. That one more is refused, the tour asks of every operation.
func TestTheDocumentTellsTheBoundsOfTheCode(t *testing.T) {
	d := read(t, prepare(t).Rig)
	for schema, fields := range map[string]map[string]int{
		"AddMember":         {"email": roster.MaxEmail, "name": roster.MaxName, "external_id": roster.MaxExternalID, "message": roster.MaxMessage, "grants": team.MostGrants},
		"GrantSet":          {"grants": team.MostGrants},
		"Batch":             {"invite": action.MostRows},
		"Reason":            {"reason": roster.MaxReason},
		"NewRole":           {"name": roster.MaxName, "description": roster.MaxReason},
		"RolePatch":         {"name": roster.MaxName, "description": roster.MaxReason},
		"NewUnit":           {"name": roster.MaxName, "parent": roster.MaxExternalID},
		"New":               {"name": login.MaxName, "issuer": login.MaxURL, "client_id": login.MaxClient, "client_secret": method.MaxSecret, "scopes": login.MostScopes, "parameters": login.MostParameters, "identifier_claim": login.MaxClaim},
		"Patch":             {"name": login.MaxName, "token_url": login.MaxURL, "scopes": login.MostScopes},
		"Parameter":         {"name": login.MaxParameter, "value": login.MaxURL},
		"NewWebhook":        {"name": endpoint.MaxName, "url": endpoint.MaxURL, "events": endpoint.MostEvents},
		"WebhookPatch":      {"name": endpoint.MaxName, "url": endpoint.MaxURL, "events": endpoint.MostEvents},
		"KeysRequestBody":   {"public_key": credential.MaxText},
		"AddressList":       {"allowed_from": policy.MaxNetworks},
		"NewPortalLink":     {"member": portal.MaxMember},
		"Declaration":       {"scopes": authz.MostDeclared, "permissions": authz.MostDeclared, "mappings": authz.MostDeclared},
		"Scope":             {"key": authz.MaxKey, "description": roster.MaxMessage},
		"Permission":        {"key": authz.MaxKey},
		"OrganisationPatch": {"domains": roster.MaxDomains, "footer_links": footer.Most, "product_name": roster.MaxName},
		"Link":              {"label": footer.MaxLabel, "url": footer.MaxURL},
		"NewView":           {"name": roster.MaxName, "query": view.MaxQuery},
		"ImportColumns":     {"columns": sheet.MostColumns},
		"ImportCells":       {"cells": sheet.MostColumns},
	} {
		s := d.Components.Schemas[schema]
		if s == nil {
			t.Errorf("nobody sends a %s", schema)
			continue
		}
		for field, want := range fields {
			switch p := d.resolve(s.Properties[field]); {
			case p == nil:
				t.Errorf("%s has no %s", schema, field)
			case p.MaxLength != nil && *p.MaxLength == want, p.MaxItems != nil && *p.MaxItems == want:
			default:
				t.Errorf("%s.%s: %+v, not %d", schema, field, p, want)
			}
		}
	}
}
