// A certified provider of OpenID Connect on loopback: node provider.mjs PACKAGE PORT CLIENT SECRET REDIRECT. Whoever
// signs in as NAME is NAME, with the address NAME@example.com.
import { pathToFileURL } from "node:url";

const [from, port, client, secret, redirect] = process.argv.slice(2);
const { default: Provider } = await import(pathToFileURL(from + "/lib/index.js"));
const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [{ client_id: client, client_secret: secret, redirect_uris: [redirect], response_types: ["code"], grant_types: ["authorization_code"] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: true }) }),
  pkce: { required: () => true },
  cookies: { keys: ["of no other use"] },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
