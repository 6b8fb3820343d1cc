-- +goose Up

-- When what was kept of a removed member was erased, 0 where it was not.
ALTER TABLE member ADD COLUMN erased_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX member_erasable ON member (org_id, removed_at) WHERE status = 'removed' AND erased_at = 0;

-- How many days after their removal that happens to members by itself; 0 for never.
ALTER TABLE organisation ADD COLUMN erase_after BIGINT NOT NULL DEFAULT 0;
