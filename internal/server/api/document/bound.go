package document

import (
	"cmp"

	"github.com/danielgtaylor/huma/v2"

	"roster/internal/action"
	"roster/internal/action/team/view"
	"roster/internal/footer"
	"roster/internal/login"
	"roster/internal/roster"
	"roster/internal/secret"
)

// bounds are the lengths of what is sent, by the names of fields, which mean the same everywhere; a field whose own tag
// says otherwise keeps that. The rooms hold them.
func bounds() (texts, lists map[string]int) {
	texts = map[string]int{
		"email": roster.MaxEmail, "owner": roster.MaxEmail, "reply_to": roster.MaxEmail,
		"first_name": roster.MaxName, "last_name": roster.MaxName, "name": roster.MaxName, "sender": roster.MaxName, "product_name": roster.MaxName, "confirm_name": roster.MaxName,
		"external_id": roster.MaxExternalID, "unit": roster.MaxExternalID, "parent": roster.MaxExternalID,
		"identifier": login.MaxIdentifier, "message": roster.MaxMessage, "description": roster.MaxMessage, "reason": roster.MaxReason,
		"password": secret.MaxBytes, "query": view.MaxQuery,
	}
	lists = map[string]int{"invite": action.MostRows, "domains": roster.MaxDomains, "footer_links": footer.Most}
	return texts, lists
}

// bound says how long what is sent may be.
func bound(s *huma.Schema) {
	texts, lists := bounds()
	for name, p := range s.Properties {
		switch n, m := texts[name], lists[name]; {
		case p.Type == huma.TypeString && n > 0 && len(p.Enum) == 0:
			p.MaxLength = cmp.Or(p.MaxLength, &n)
		case p.Type == huma.TypeArray && m > 0:
			p.MaxItems = cmp.Or(p.MaxItems, &m)
		}
	}
}
