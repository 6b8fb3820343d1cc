-- +goose Up

-- What members are yet to be told by letter: that something of a kind happened, about a member or about nobody.
CREATE TABLE news (
  org_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  about TEXT NOT NULL,
  happened_at BIGINT NOT NULL,
  PRIMARY KEY (org_id, member_id, kind, about),
  FOREIGN KEY (org_id, member_id) REFERENCES member (org_id, id)
);
CREATE INDEX news_age ON news (happened_at);

-- The notifications that a member switched off, separated by spaces.
CREATE TABLE news_choice (
  org_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  unwanted TEXT NOT NULL,
  PRIMARY KEY (org_id, member_id),
  FOREIGN KEY (org_id, member_id) REFERENCES member (org_id, id)
);

-- When the inviter was told that the invitation expired; 0 for not yet.
ALTER TABLE invitation ADD COLUMN told_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX invitation_ends ON invitation (expires_at) WHERE state = 'live' AND told_at = 0;
