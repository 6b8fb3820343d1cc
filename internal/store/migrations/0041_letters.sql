-- +goose Up

-- An organisation's letters by how far they got, the newest first: a page of them, and how many there are, are read off it
-- however many were sent.
CREATE INDEX job_state ON job (org_id, state, made_at, id);
