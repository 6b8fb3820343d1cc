-- +goose Up

-- When the organisation is deleted with everything in it, 0 where nobody asked for that. Until then it is closed, and the
-- deletion can be taken back.
ALTER TABLE organisation ADD COLUMN delete_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX organisation_delete ON organisation (delete_at) WHERE delete_at > 0;

-- Organisations of which a part is deleted already: where their history stood before that began, and how many members and
-- persons are gone. Their own row is deleted last, and this one with it.
CREATE TABLE ending (
  org_id TEXT PRIMARY KEY REFERENCES organisation (id),
  seq BIGINT NOT NULL,
  hash TEXT NOT NULL,
  members BIGINT NOT NULL,
  persons BIGINT NOT NULL
);
