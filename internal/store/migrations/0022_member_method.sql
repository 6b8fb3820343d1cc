-- +goose Up

-- Who comes in by a connection that an administrator chose for them afterwards, and has a person of their own, confirms
-- it from a session of theirs: until then nobody comes in by it.
ALTER TABLE identity ADD COLUMN unconfirmed BOOLEAN NOT NULL DEFAULT FALSE;
