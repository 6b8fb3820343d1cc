-- +goose Up

-- What belongs to the whole installation. One row; its lock orders what is done there.
CREATE TABLE installation (
  id TEXT PRIMARY KEY,
  seq BIGINT NOT NULL,
  head TEXT NOT NULL
);
INSERT INTO installation (id, seq, head) VALUES ('installation', 0, '');

CREATE TABLE organisation (
  id TEXT PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  plan TEXT NOT NULL,
  invitation_ttl BIGINT NOT NULL,
  phone_required BOOLEAN NOT NULL,
  seq BIGINT NOT NULL,
  head TEXT NOT NULL,
  people BIGINT NOT NULL,
  api_users BIGINT NOT NULL,
  accepted_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE person (
  id TEXT PRIMARY KEY,
  managed_by TEXT NOT NULL,
  email TEXT NOT NULL,
  email_folded TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (managed_by, email_folded)
);

CREATE INDEX person_address ON person (email_folded);

CREATE TABLE credential (
  person_id TEXT NOT NULL REFERENCES person (id),
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  data TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (person_id, kind, id)
);

CREATE TABLE session (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  person_id TEXT NOT NULL REFERENCES person (id),
  proofs TEXT NOT NULL,
  agent TEXT NOT NULL,
  ip TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX session_person ON session (person_id);

-- Tries at a secret, by canonical key: one budget for every door.
CREATE TABLE attempt (
  key TEXT PRIMARY KEY,
  failures BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL
);

-- Keys that sign tokens; the private part is sealed with the installation's key file.
CREATE TABLE signing_key (
  id TEXT PRIMARY KEY,
  sealed TEXT NOT NULL,
  made_at BIGINT NOT NULL
);

-- Servers that run on this database.
CREATE TABLE replica (
  id TEXT PRIMARY KEY,
  started_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  place TEXT NOT NULL
);

-- Changes that servers have yet to see: the newest position of an organisation ('installation' for the
-- catalogue), written with the change by a process beside them, and how far each server has applied it.
CREATE TABLE notice (
  org_id TEXT PRIMARY KEY,
  seq BIGINT NOT NULL
);
CREATE TABLE applied (
  replica_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  seq BIGINT NOT NULL,
  PRIMARY KEY (replica_id, org_id)
);

-- The scopes, permissions and mappings that the host product declares: one document, applied as a whole.
-- version rises with each change; with an organisation's seq it says how fresh an answer is.
CREATE TABLE catalogue (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  document TEXT NOT NULL,
  applied_at BIGINT NOT NULL,
  applied_by TEXT NOT NULL
);
INSERT INTO catalogue (id, version, document, applied_at, applied_by) VALUES ('catalogue', 0, '{}', 0, '');

-- Product clients: the host product's own programs. permissions are separated by spaces.
CREATE TABLE client (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL,
  permissions TEXT NOT NULL,
  hash TEXT NOT NULL,
  prefix TEXT NOT NULL,
  last_four TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  used_at BIGINT NOT NULL,
  removed_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE UNIQUE INDEX client_name ON client (name_folded) WHERE removed_at = 0;

-- members says whose the role may be: external, api, or anybody's when empty.
CREATE TABLE role (
  org_id TEXT NOT NULL REFERENCES organisation (id),
  id TEXT NOT NULL,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  built_in BOOLEAN NOT NULL,
  name_folded TEXT NOT NULL,
  members TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  updated_by TEXT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (org_id, id),
  UNIQUE (org_id, key),
  UNIQUE (org_id, name_folded)
);

-- What an organisation's own roles hold: a permission or a scope each. Built-in ones are generated.
CREATE TABLE role_item (
  org_id TEXT NOT NULL,
  role_id TEXT NOT NULL,
  permission TEXT NOT NULL,
  scope TEXT NOT NULL,
  PRIMARY KEY (org_id, role_id, permission, scope),
  FOREIGN KEY (org_id, role_id) REFERENCES role (org_id, id)
);
CREATE INDEX role_item_permission ON role_item (permission) WHERE permission <> '';
CREATE INDEX role_item_scope ON role_item (scope) WHERE scope <> '';

-- The tree of customer accounts. parent_id is null below the organisation; sort_name is bytes, as in member.
CREATE TABLE unit (
  org_id TEXT NOT NULL REFERENCES organisation (id),
  id TEXT NOT NULL,
  parent_id TEXT,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  sort_name BYTEA NOT NULL,
  external_id TEXT NOT NULL,
  archived_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  updated_by TEXT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (org_id, id),
  FOREIGN KEY (org_id, parent_id) REFERENCES unit (org_id, id)
);
CREATE INDEX unit_children ON unit (org_id, parent_id, sort_name, id);
CREATE INDEX unit_name ON unit (org_id, sort_name, id);
CREATE UNIQUE INDEX unit_external ON unit (org_id, external_id) WHERE external_id <> '';

CREATE TABLE unit_word (
  org_id TEXT NOT NULL,
  word BYTEA NOT NULL,
  unit_id TEXT NOT NULL,
  PRIMARY KEY (org_id, word, unit_id),
  FOREIGN KEY (org_id, unit_id) REFERENCES unit (org_id, id)
);
CREATE INDEX unit_word_of ON unit_word (org_id, unit_id);

-- sort_name and word are bytes, so that both databases order them alike whatever their locale.
CREATE TABLE member (
  org_id TEXT NOT NULL REFERENCES organisation (id),
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  before TEXT NOT NULL,
  person_id TEXT REFERENCES person (id),
  unit_id TEXT,
  external_id TEXT NOT NULL,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  name TEXT NOT NULL,
  sort_name BYTEA NOT NULL,
  email TEXT NOT NULL,
  email_folded TEXT NOT NULL,
  phone TEXT NOT NULL,
  client_id TEXT NOT NULL,
  block_reason TEXT NOT NULL,
  verified_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  updated_by TEXT NOT NULL,
  removed_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (org_id, id),
  FOREIGN KEY (org_id, unit_id) REFERENCES unit (org_id, id)
);
CREATE UNIQUE INDEX member_address ON member (org_id, email_folded) WHERE email_folded <> '' AND status <> 'removed';
CREATE UNIQUE INDEX member_person ON member (org_id, person_id) WHERE person_id IS NOT NULL AND status <> 'removed';
CREATE INDEX member_of_person ON member (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX member_unit ON member (org_id, unit_id) WHERE unit_id IS NOT NULL;
CREATE UNIQUE INDEX member_external ON member (org_id, external_id) WHERE external_id <> '' AND status <> 'removed';
CREATE INDEX member_client ON member (client_id) WHERE client_id <> '';
CREATE INDEX member_name ON member (org_id, sort_name, id) WHERE status <> 'removed';

CREATE TABLE member_word (
  org_id TEXT NOT NULL,
  word BYTEA NOT NULL,
  member_id TEXT NOT NULL,
  PRIMARY KEY (org_id, word, member_id),
  FOREIGN KEY (org_id, member_id) REFERENCES member (org_id, id)
);
CREATE INDEX member_word_of ON member_word (org_id, member_id);

CREATE TABLE member_grant (
  org_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  id TEXT NOT NULL,
  role_id TEXT,
  permission TEXT NOT NULL,
  scope TEXT NOT NULL,
  unit_id TEXT,
  until_at BIGINT NOT NULL,
  given_by TEXT NOT NULL,
  given_at BIGINT NOT NULL,
  PRIMARY KEY (org_id, member_id, id),
  FOREIGN KEY (org_id, member_id) REFERENCES member (org_id, id),
  FOREIGN KEY (org_id, role_id) REFERENCES role (org_id, id),
  FOREIGN KEY (org_id, unit_id) REFERENCES unit (org_id, id)
);
CREATE UNIQUE INDEX member_grant_once ON member_grant (org_id, member_id, COALESCE(role_id, ''), permission, scope, COALESCE(unit_id, ''));
CREATE INDEX member_grant_role ON member_grant (org_id, role_id);
CREATE INDEX member_grant_unit ON member_grant (org_id, unit_id) WHERE unit_id IS NOT NULL;
CREATE INDEX member_grant_permission ON member_grant (permission) WHERE permission <> '';
CREATE INDEX member_grant_scope ON member_grant (scope) WHERE scope <> '';

CREATE TABLE invitation (
  org_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  generation BIGINT NOT NULL,
  state TEXT NOT NULL,
  inviter TEXT NOT NULL,
  inviter_name TEXT NOT NULL,
  message TEXT NOT NULL,
  ttl BIGINT NOT NULL,
  made_at BIGINT NOT NULL,
  sent_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  PRIMARY KEY (org_id, member_id, generation),
  FOREIGN KEY (org_id, member_id) REFERENCES member (org_id, id)
);

CREATE TABLE invitation_link (
  org_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  member_id TEXT NOT NULL,
  generation BIGINT NOT NULL,
  by_mail BOOLEAN NOT NULL,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (org_id, hash),
  FOREIGN KEY (org_id, member_id, generation) REFERENCES invitation (org_id, member_id, generation)
);
CREATE INDEX invitation_link_of ON invitation_link (org_id, member_id, generation);

CREATE TABLE api_secret (
  org_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  id TEXT NOT NULL,
  hash TEXT NOT NULL,
  prefix TEXT NOT NULL,
  last_four TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL,
  PRIMARY KEY (org_id, member_id, id),
  FOREIGN KEY (org_id, member_id) REFERENCES member (org_id, id)
);

-- The history. body is hashed as it stands; vals are the salted values behind its digests.
CREATE TABLE event (
  org_id TEXT NOT NULL,
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  action TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  target_id TEXT NOT NULL,
  body TEXT NOT NULL,
  vals TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (org_id, seq)
);
CREATE INDEX event_target ON event (org_id, target_id, seq);

-- Refusals counted until their minute is over; then each becomes one line of the history.
CREATE TABLE refusal (
  org_id TEXT NOT NULL,
  minute BIGINT NOT NULL,
  actor_id TEXT NOT NULL,
  action TEXT NOT NULL,
  code TEXT NOT NULL,
  actor TEXT NOT NULL,
  target TEXT NOT NULL,
  count BIGINT NOT NULL,
  PRIMARY KEY (org_id, minute, actor_id, action, code)
);

CREATE TABLE job (
  org_id TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  about TEXT NOT NULL,
  payload TEXT NOT NULL,
  state TEXT NOT NULL,
  attempt BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  error TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  done_at BIGINT NOT NULL,
  PRIMARY KEY (org_id, id)
);
CREATE INDEX job_due ON job (due_at) WHERE state IN ('waiting', 'running');
CREATE INDEX job_about ON job (org_id, about);

CREATE TABLE idempotency (
  org_id TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  key TEXT NOT NULL,
  mac TEXT NOT NULL,
  status BIGINT NOT NULL,
  answer TEXT NOT NULL,
  seq BIGINT NOT NULL,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (org_id, actor_id, key)
);
CREATE INDEX idempotency_age ON idempotency (made_at);

CREATE TABLE revoked_token (
  org_id TEXT NOT NULL,
  id TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (org_id, id)
);
CREATE INDEX revoked_token_age ON revoked_token (expires_at);
