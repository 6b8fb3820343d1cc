-- +goose Up

-- Links that stand for a person: hash is that of the secret in the link. Of each purpose at most one works. given is a
-- digest of the password's hash when the link was made, so that it is worth nothing once that is another; factors tells
-- that second factors end with its use.
CREATE TABLE person_link (
  person_id TEXT NOT NULL REFERENCES person (id),
  purpose TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  given TEXT NOT NULL,
  factors BOOLEAN NOT NULL,
  until_at BIGINT NOT NULL,
  PRIMARY KEY (person_id, purpose)
);
CREATE INDEX person_link_age ON person_link (until_at);

-- Changes of address that people asked for: old_at and new_at are when each of the two addresses proved it, done_at when
-- the address became the new one; all 0 until then. until_at ends the proving, and after done_at the taking back.
CREATE TABLE email_change (
  person_id TEXT PRIMARY KEY REFERENCES person (id),
  was TEXT NOT NULL,
  was_folded TEXT NOT NULL,
  email TEXT NOT NULL,
  email_folded TEXT NOT NULL,
  old_at BIGINT NOT NULL,
  new_at BIGINT NOT NULL,
  done_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL
);
CREATE INDEX email_change_age ON email_change (until_at);
