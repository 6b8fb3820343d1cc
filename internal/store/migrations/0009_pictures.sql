-- +goose Up

-- Pictures of organisations: bytes of our own, whose hash stands on the organisation.
CREATE TABLE organisation_picture (
  org_id TEXT NOT NULL PRIMARY KEY REFERENCES organisation (id),
  hash TEXT NOT NULL,
  media TEXT NOT NULL,
  data BYTEA NOT NULL
);
ALTER TABLE organisation ADD COLUMN picture TEXT NOT NULL DEFAULT '';

-- From which address an API user's secret was last used.
ALTER TABLE api_secret ADD COLUMN used_ip TEXT NOT NULL DEFAULT '';
