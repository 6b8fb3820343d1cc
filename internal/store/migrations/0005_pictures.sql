-- +goose Up

-- Who has not accepted yet, and which API users somebody made: looked up when whoever invited or made them leaves.
CREATE INDEX member_pending ON member (org_id, id) WHERE status = 'invited' OR status = 'blocked' AND before = 'invited';
CREATE INDEX member_maker ON member (org_id, created_by) WHERE kind = 'api' AND status <> 'removed';

-- When an invitation's page was last opened, by a person or by a scanner of mails.
ALTER TABLE invitation ADD COLUMN opened_at BIGINT NOT NULL DEFAULT 0;

-- Pictures of people: our own bytes, made of what was sent. hash is that of data and stands on the member too.
CREATE TABLE picture (
  org_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  media TEXT NOT NULL,
  data BYTEA NOT NULL,
  PRIMARY KEY (org_id, member_id),
  FOREIGN KEY (org_id, member_id) REFERENCES member (org_id, id)
);
ALTER TABLE member ADD COLUMN picture TEXT NOT NULL DEFAULT '';
