-- +goose Up

-- The history by who acted, by what was done, and by when: a filter reads its own lines alone, the newest first, however
-- many there are, and a day's place in the history is one look-up.
CREATE INDEX event_actor ON event (org_id, actor_id, seq);
CREATE INDEX event_action ON event (org_id, action, seq);
CREATE INDEX event_at ON event (org_id, at, seq);

-- Whom a history's filter names may be gone.
CREATE INDEX member_gone ON member (org_id, email_folded, created_at) WHERE status = 'removed';
