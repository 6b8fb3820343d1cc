package contract_test

// credentials are what the robot proves itself by.
func (g *tour) credentials() {
	g.asks("olga", "PATCH /orgs/acme", `{"second_secrets":true}`)
	g.asks("olga", "POST members/{robot}/secrets", "", "secret=id")
	g.asks("olga", "DELETE members/{robot}/secrets/{secret}", "")
	g.asks("olga", "POST members/{robot}/keys", `{"public_key":"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\",\"kid\":\"2026-11\"}"}`)
	g.kept["key"] = g.visits[len(g.visits)-1].reply.Is(200)["keys"].([]any)[0].(map[string]any)["id"].(string)
	g.asks("olga", "GET members/{robot}/credentials", "")
	g.asks("olga", "DELETE members/{robot}/keys/{key}", "")
	g.asks("olga", "PUT members/{robot}/end", `{"ends_at":"2027-04-01T00:00:00Z"}`)
}
