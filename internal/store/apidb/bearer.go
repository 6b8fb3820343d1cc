package apidb

import (
	"context"

	"roster/internal/roster"
	"roster/internal/store"
)

// Bearer names an access token and the API user it stands for.
type Bearer struct {
	Org    roster.OrgID
	Member roster.MemberID
	Token  string
}

// Standing is an API user beside one of its tokens.
type Standing struct {
	Client  // without secrets and grants
	Revoked bool
}

// Standings finds API users and whether their tokens were revoked, each with the organisation's seq, in one
// statement for each. Who is no member, or no API user, is left out.
func Standings(ctx context.Context, r store.Reader, of []Bearer) (map[Bearer]store.At[Standing], error) {
	all := make(map[Bearer]store.At[Standing], len(of))
	for _, b := range of {
		found, err := store.One(ctx, r, func(row store.Row) (store.At[Standing], error) {
			at := store.At[Standing]{Org: b.Org, Value: Standing{Client: Client{Org: b.Org, Member: b.Member}}}
			var revoked int
			err := row.Scan(&at.Seq, &at.Value.Name, &at.Value.ClientID, &at.Value.Status, store.When(&at.Value.Ends), store.Words(&at.Value.From), store.Words(&at.Value.OrgFrom), &revoked)
			at.Value.Revoked = revoked > 0
			return at, err
		}, `SELECT o.seq, m.name, m.client_id, m.status, m.ends_at, m.allowed_from, o.allowed_from, (SELECT count(*) FROM revoked_token t WHERE t.org_id = m.org_id AND t.id = $3)
		    FROM member m JOIN organisation o ON o.id = m.org_id WHERE m.org_id = $1 AND m.id = $2 AND m.kind = 'api'`, b.Org, b.Member, b.Token)
		if err != nil {
			return nil, err
		}
		if found.OK {
			all[b] = found.Value
		}
	}
	return all, nil
}
