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
