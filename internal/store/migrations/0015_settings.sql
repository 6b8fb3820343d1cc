-- +goose Up

-- How a person wants Roster to be, the same wherever they belong; what is empty was not chosen.
ALTER TABLE person ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN zone TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN theme TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN density TEXT NOT NULL DEFAULT '';

-- From which addresses an organisation lets anybody in, and an API user is let in: CIDR blocks separated by spaces,
-- empty for any.
ALTER TABLE organisation ADD COLUMN allowed_from TEXT NOT NULL DEFAULT '';
ALTER TABLE member ADD COLUMN allowed_from TEXT NOT NULL DEFAULT '';
