-- +goose Up

-- An organisation's letters by how far they got, the newest first: a page of them is read off it however many were sent, and
-- they are counted off it without the letters themselves.
CREATE INDEX job_state ON job (org_id, state, made_at, id, kind, about);

-- Those that left since a moment.
CREATE INDEX job_done ON job (org_id, done_at);

-- Those of every organisation that did not arrive, for operators.
CREATE INDEX job_dead ON job (state, due_at, id);
