-- +goose Up

-- A second factor's name is its person's own. step is the last one of which a code was used, so that none works twice;
-- used_at is when that was.
ALTER TABLE credential ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE credential ADD COLUMN step BIGINT NOT NULL DEFAULT 0;
ALTER TABLE credential ADD COLUMN used_at BIGINT NOT NULL DEFAULT 0;

-- When the organisation began to ask for a second factor, 0 where it does not, and for how long from then on people
-- without one are let in.
ALTER TABLE organisation ADD COLUMN factor_since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE organisation ADD COLUMN factor_grace BIGINT NOT NULL DEFAULT 0;

-- Sign-ins between their two proofs: the password was right, the second factor is asked for. hash is that of the secret
-- in the browser; given is a digest of the password's hash, so that a row is worth nothing once that is another.
CREATE TABLE half_session (
  hash TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES person (id),
  given TEXT NOT NULL,
  until_at BIGINT NOT NULL
);
CREATE INDEX half_session_age ON half_session (until_at);

-- Ways by which people start anew after an administrator reset their second factor: hash is that of the secret in the
-- letter's link. Of an organisation at most one stands open for a person.
CREATE TABLE factor_reset (
  org_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  until_at BIGINT NOT NULL,
  PRIMARY KEY (org_id, member_id),
  FOREIGN KEY (org_id, member_id) REFERENCES member (org_id, id)
);
CREATE INDEX factor_reset_age ON factor_reset (until_at);
