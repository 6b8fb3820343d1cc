-- +goose Up

-- Passkeys are credentials of the kind 'passkey': data is the public key with all that it said when it was made, key_id
-- the authenticator's own name for it, and alone tells that it proves its person without a password.
ALTER TABLE credential ADD COLUMN key_id TEXT NOT NULL DEFAULT '';
ALTER TABLE credential ADD COLUMN alone BOOLEAN NOT NULL DEFAULT FALSE;
CREATE UNIQUE INDEX credential_key ON credential (key_id) WHERE key_id <> '';

-- What browsers were asked to answer by a passkey: each once, for five minutes, and only for what it was asked for. hash is
-- that of the challenge, bound that of the session, the sign-in or the browser which it was given to. about is the name by
-- which a new key will know its person, or, where nobody is known yet, a hash of the address block that asked.
CREATE TABLE challenge (
  hash TEXT PRIMARY KEY,
  purpose TEXT NOT NULL,
  bound TEXT NOT NULL,
  about TEXT NOT NULL,
  until_at BIGINT NOT NULL
);
CREATE INDEX challenge_about ON challenge (about);
CREATE INDEX challenge_age ON challenge (until_at);
