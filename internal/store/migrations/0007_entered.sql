-- +goose Up

-- Which organisations a session was used in, and when there: what an organisation is shown of its members' sessions.
-- Any other session, or its last use elsewhere, would tell that a person belongs to another organisation.
CREATE TABLE session_entry (
  org_id TEXT NOT NULL REFERENCES organisation (id),
  session_id TEXT NOT NULL,
  entered_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (org_id, session_id)
);
