-- +goose Up

-- The plans that operators define; playground and unlimited ship in the code and have no row. A limit of -1
-- is none. offered plans are shown to every organisation, others only to those that are on them.
CREATE TABLE plan (
  key TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  name_folded TEXT NOT NULL UNIQUE,
  max_users BIGINT NOT NULL,
  max_api_users BIGINT NOT NULL,
  offered BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  updated_by TEXT NOT NULL
);
CREATE INDEX organisation_plan ON organisation (plan);

-- domains are those of the addresses that may be invited, as A-labels separated by spaces; empty for any.
-- version rises with each edit of the settings.
ALTER TABLE organisation ADD COLUMN domains TEXT NOT NULL DEFAULT '';
ALTER TABLE organisation ADD COLUMN admin_passwords BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE organisation ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
