// One round with the types that openapi-typescript makes of the document: a member is made, read, listed, edited and removed.
import createClient from "openapi-fetch";
import type { components, paths } from "./roster.js";

const client = createClient<paths>({
  baseUrl: `${process.env["ROSTER_URL"]}/api/v1`,
  headers: { Authorization: `Bearer ${process.env["ROSTER_TOKEN"]}` },
});
const org = "acme";

function must<T>(what: string, answer: { data?: T; error?: components["schemas"]["Problem"] }): T {
  if (answer.error || answer.data === undefined) {
    throw new Error(`${what}: ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

function same(what: string, got: unknown, want: unknown) {
  if (got !== want) {
    throw new Error(`${what}: ${got}, not ${want}`);
  }
}

const made = must("made", await client.POST("/orgs/{org}/members", {
  params: { path: { org } },
  body: { email: "tess@example.com", first_name: "Tess", last_name: "Typed" },
}));
const path = { org, id: made.id };
const read = must("read", await client.GET("/orgs/{org}/members/{id}", { params: { path } }));
same("name", read.name, "Tess Typed");
const list = must("listed", await client.GET("/orgs/{org}/members", { params: { path: { org }, query: { q: "tess@example.com" } } }));
same("listed", list.items.length, 1);
const edited = must("edited", await client.PATCH("/orgs/{org}/members/{id}", {
  params: { path, header: { "If-Match": read.etag } },
  body: { phone: "+4930901823" },
}));
same("phone", edited.phone, "+4930901823");
const stale = await client.PATCH("/orgs/{org}/members/{id}", { params: { path, header: { "If-Match": read.etag } }, body: { phone: null } });
same("a stale edit", stale.error?.code, "changed_meanwhile");
const removed = await client.DELETE("/orgs/{org}/members/{id}", { params: { path } });
same("removed", removed.response.status, 204);
