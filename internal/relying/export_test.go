package relying

import "net/http"

// By makes the party that asks by a client.
func By(client *http.Client) *Party { return &Party{client} }
