-- +goose Up

-- From when on a key signs, which is later than it was made: whoever verifies tokens is to know it before. Who made it
-- is empty where Roster did.
ALTER TABLE signing_key ADD COLUMN signs_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE signing_key ADD COLUMN made_by TEXT NOT NULL DEFAULT '';
UPDATE signing_key SET signs_from = made_at;
