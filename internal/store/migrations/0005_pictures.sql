-- +goose Up

-- Who has not accepted yet, and which API users somebody made: looked up when whoever invited or made them leaves.
CREATE INDEX member_pending ON member (org_id, id) WHERE status = 'invited' OR status = 'blocked' AND before = 'invited';
CREATE INDEX member_maker ON member (org_id, created_by) WHERE kind = 'api' AND status <> 'removed';
