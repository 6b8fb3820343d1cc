-- +goose Up

-- Who does not want to be told by a letter that somebody signed in as them on a device that was not known.
ALTER TABLE person ADD COLUMN device_quiet BOOLEAN NOT NULL DEFAULT FALSE;
