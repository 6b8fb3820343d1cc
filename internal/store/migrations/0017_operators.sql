-- +goose Up

-- Who operates the installation: persons of its own (managed_by is 'installation'), who belong to no organisation.
CREATE TABLE operator (
  person_id TEXT PRIMARY KEY REFERENCES person (id),
  added_at BIGINT NOT NULL,
  added_by TEXT NOT NULL
);

-- Since when nobody comes in to the organisation, 0 where it is not suspended.
ALTER TABLE organisation ADD COLUMN suspended_at BIGINT NOT NULL DEFAULT 0;
