-- +goose Up

-- Whom the host product's links bring in: off, members, administrators or owners.
ALTER TABLE organisation ADD COLUMN portal TEXT NOT NULL DEFAULT 'off';

-- Those links, each for one member, once, until until_at. session_id is the session that one began, empty before that.
CREATE TABLE portal_link (
  org_id TEXT NOT NULL,
  id TEXT NOT NULL,
  hash TEXT NOT NULL,
  member_id TEXT NOT NULL,
  client_id TEXT NOT NULL,
  page TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL,
  session_id TEXT NOT NULL,
  PRIMARY KEY (org_id, id),
  FOREIGN KEY (org_id, member_id) REFERENCES member (org_id, id)
);
CREATE UNIQUE INDEX portal_link_hash ON portal_link (org_id, hash);
CREATE INDEX portal_link_member ON portal_link (org_id, member_id);
CREATE INDEX portal_link_client ON portal_link (client_id);
CREATE INDEX portal_link_until ON portal_link (org_id, until_at);
