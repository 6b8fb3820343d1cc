// Gets, inspects and revokes access tokens with the npm packages oauth4webapi and openid-client, by each way in which a
// client authenticates. Arguments: where the packages are, the issuer, client ID, client secret, and the private key in
// PKCS #8. Prints what each came to.
import { createPrivateKey } from 'node:crypto'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [packages, issuer, id, secret, pem] = process.argv.slice(2)
const load = (name) => import(pathToFileURL(join(packages, name, 'build', 'index.js')).href)
const oauth = await load('oauth4webapi')
const openid = await load('openid-client')

const pkcs8 = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' })
const key = await crypto.subtle.importKey('pkcs8', pkcs8, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
const plain = { [oauth.allowInsecureRequests]: true }
const same = (what, got, want) => {
  if (got !== want) throw new Error(`${what}: ${got}, not ${want}`)
}

async function webapi(name, auth) {
  const client = { client_id: id }
  const at = new URL(issuer)
  const as = await oauth.processDiscoveryResponse(at, await oauth.discoveryRequest(at, { algorithm: 'oauth2', ...plain }))
  const resource = await oauth.processResourceDiscoveryResponse(at, await oauth.resourceDiscoveryRequest(at, plain))
  same('the resource asks', resource.authorization_servers[0], as.issuer)
  const asked = await oauth.clientCredentialsGrantRequest(as, client, auth(), { scope: 'members.read' }, plain)
  const token = await oauth.processClientCredentialsResponse(as, client, asked)
  same('scope', token.scope, 'members.read')
  const inspect = async () => oauth.processIntrospectionResponse(as, client, await oauth.introspectionRequest(as, client, auth(), token.access_token, plain))
  const told = await inspect()
  same('active', told.active, true)
  same('client', told.client_id, id)
  await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, auth(), token.access_token, plain))
  same('revoked', (await inspect()).active, false)
  try {
    const refused = await oauth.clientCredentialsGrantRequest(as, client, auth(), { scope: 'members.write' }, plain)
    await oauth.processClientCredentialsResponse(as, client, refused)
    throw new Error('a scope that is not held was given')
  } catch (e) {
    same('refused', e.error, 'invalid_scope')
  }
  console.log(`oauth4webapi ${name}`)
}

async function client(name, auth) {
  const config = await openid.discovery(new URL(issuer), id, undefined, auth, { algorithm: 'oauth2', execute: [openid.allowInsecureRequests] })
  const token = await openid.clientCredentialsGrant(config, { scope: 'members.read' })
  same('active', (await openid.tokenIntrospection(config, token.access_token)).active, true)
  await openid.tokenRevocation(config, token.access_token)
  same('revoked', (await openid.tokenIntrospection(config, token.access_token)).active, false)
  console.log(`openid-client ${name}`)
}

await webapi('client_secret_basic', () => oauth.ClientSecretBasic(secret))
await webapi('client_secret_post', () => oauth.ClientSecretPost(secret))
await webapi('private_key_jwt', () => oauth.PrivateKeyJwt(key))
await client('client_secret_basic', openid.ClientSecretBasic(secret))
await client('client_secret_post', openid.ClientSecretPost(secret))
await client('private_key_jwt', openid.PrivateKeyJwt(key))
