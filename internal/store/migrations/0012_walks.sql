-- +goose Up

-- Those of one kind or status in the order by name, however few or many they are.
CREATE INDEX member_kind_name ON member (org_id, kind, sort_name, id) WHERE status <> 'removed';
CREATE INDEX member_status_name ON member (org_id, status, sort_name, id) WHERE status <> 'removed';
