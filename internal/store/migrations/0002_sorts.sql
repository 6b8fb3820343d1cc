-- +goose Up

-- The order of identifiers: the folded address or the client ID, as bytes.
ALTER TABLE member ADD COLUMN sort_identifier BYTEA NOT NULL DEFAULT '';

-- One index for each order of the list. Removed members are listed only when asked for, and by name.
CREATE INDEX member_sort_identifier ON member (org_id, sort_identifier, id) WHERE status <> 'removed';
CREATE INDEX member_sort_kind ON member (org_id, kind, id) WHERE status <> 'removed';
CREATE INDEX member_sort_phone ON member (org_id, phone, id) WHERE status <> 'removed';
CREATE INDEX member_sort_status ON member (org_id, status, id) WHERE status <> 'removed';
CREATE INDEX member_sort_verified ON member (org_id, verified_at, id) WHERE status <> 'removed';
CREATE INDEX member_sort_seen ON member (org_id, last_seen_at, id) WHERE status <> 'removed';
CREATE INDEX member_sort_created ON member (org_id, created_at, id) WHERE status <> 'removed';
CREATE INDEX member_sort_updated ON member (org_id, updated_at, id) WHERE status <> 'removed';
CREATE INDEX member_removed ON member (org_id, sort_name, id) WHERE status = 'removed';

-- A member's words are asked for one member at a time while an order is walked.
DROP INDEX member_word_of;
CREATE INDEX member_word_of ON member_word (org_id, member_id, word);
