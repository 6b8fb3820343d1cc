-- +goose Up

-- Operators who entered an organisation, why, and until when. session_id is the session in which they did.
CREATE TABLE operator_visit (
  org_id TEXT NOT NULL REFERENCES organisation (id),
  id TEXT NOT NULL,
  person_id TEXT NOT NULL REFERENCES person (id),
  session_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  entered_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  PRIMARY KEY (org_id, id)
);

-- Until when operators who entered the organisation may change something in it; 0 for not at all.
ALTER TABLE organisation ADD COLUMN operators_until BIGINT NOT NULL DEFAULT 0;
