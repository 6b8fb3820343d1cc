-- +goose Up

-- Changes of the address that a person signs in by. state is asked, done or undone; given is a digest of the password's
-- hash when it was asked for, so that it is worth nothing once that is another; old_at and new_at are when either mailbox
-- proved it, 0 where it did not yet. until_at is until when it can be finished, and once it is done until when undone:
-- so long nobody else gets the address that it left.
CREATE TABLE address_change (
  id TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  state TEXT NOT NULL,
  was TEXT NOT NULL,
  was_folded TEXT NOT NULL,
  fresh TEXT NOT NULL,
  fresh_folded TEXT NOT NULL,
  given TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  old_at BIGINT NOT NULL,
  new_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL
);
CREATE INDEX address_change_person ON address_change (person_id);
CREATE INDEX address_change_was ON address_change (was_folded);
CREATE INDEX address_change_age ON address_change (until_at);

-- The links of a change: hash is that of the secret in the link that was mailed last to that side.
CREATE TABLE address_link (
  change_id TEXT NOT NULL REFERENCES address_change (id) ON DELETE CASCADE,
  side TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  PRIMARY KEY (change_id, side)
);
