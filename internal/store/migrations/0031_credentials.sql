-- +goose Up

-- Whether an organisation's API users may have a second client secret beside the first.
ALTER TABLE organisation ADD COLUMN second_secrets BOOLEAN NOT NULL DEFAULT FALSE;

-- When an API user's time is over, 0 for never, and when its administrators were told that it is near; how many access
-- tokens it was given, and when the last.
ALTER TABLE member ADD COLUMN ends_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE member ADD COLUMN end_told_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE member ADD COLUMN tokens BIGINT NOT NULL DEFAULT 0;
ALTER TABLE member ADD COLUMN token_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX member_ends ON member (ends_at) WHERE ends_at > 0;

-- A credential is a secret, of which the hash is kept, or a public key, which is kept as a JWK and has no hash.
ALTER TABLE api_secret ADD COLUMN public_key TEXT NOT NULL DEFAULT '';
ALTER TABLE api_secret ADD COLUMN created_by TEXT NOT NULL DEFAULT '';
