-- +goose Up

-- Whether e-mail and password are no way in to the organisation.
ALTER TABLE organisation ADD COLUMN password_off BOOLEAN NOT NULL DEFAULT FALSE;

-- Connections to providers, by which an organisation lets people in. client_secret is sealed with the installation's
-- key. revision rises with each change that takes the test back; tested_at is 0 until the next test.
CREATE TABLE login_method (
  org_id TEXT NOT NULL REFERENCES organisation (id),
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL,
  enabled BOOLEAN NOT NULL,
  issuer TEXT NOT NULL,
  authorize_url TEXT NOT NULL,
  token_url TEXT NOT NULL,
  user_info_url TEXT NOT NULL,
  client_id TEXT NOT NULL,
  client_secret TEXT NOT NULL,
  scopes TEXT NOT NULL,
  parameters TEXT NOT NULL,
  identifier_claim TEXT NOT NULL,
  tested_at BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  updated_by TEXT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (org_id, id),
  UNIQUE (org_id, name_folded)
);

-- Who comes in by a connection: the identifier that somebody was invited with, and since they came the provider's
-- own name for them. Both mean one member of the organisation.
CREATE TABLE identity (
  org_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  method_id TEXT NOT NULL,
  identifier TEXT NOT NULL,
  subject TEXT NOT NULL,
  invited_at BIGINT NOT NULL,
  bound_at BIGINT NOT NULL,
  PRIMARY KEY (org_id, member_id),
  FOREIGN KEY (org_id, member_id) REFERENCES member (org_id, id),
  FOREIGN KEY (org_id, method_id) REFERENCES login_method (org_id, id)
);
CREATE UNIQUE INDEX identity_identifier ON identity (org_id, method_id, identifier);
CREATE UNIQUE INDEX identity_subject ON identity (org_id, method_id, subject) WHERE subject <> '';

-- Sign-ins by a connection that have come back, each once; forgotten when their time is over anyway.
CREATE TABLE login_flow (
  org_id TEXT NOT NULL,
  id TEXT NOT NULL,
  until_at BIGINT NOT NULL,
  PRIMARY KEY (org_id, id)
);
CREATE INDEX login_flow_age ON login_flow (until_at);
