// Reads deliveries, each a line of JSON, and answers each with what the verifier of Standard Webhooks says: yes or no.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const { Webhook } = createRequire(import.meta.url)(process.argv[2])

for await (const line of createInterface({ input: process.stdin })) {
  const { secret, body, headers } = JSON.parse(line)
  try {
    new Webhook(secret).verify(body, headers)
    console.log('yes')
  } catch {
    console.log('no')
  }
}
