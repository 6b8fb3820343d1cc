-- +goose Up

-- What members are told of what happened in their organisation: that something of a kind did, about a member, a webhook,
-- a visit or nobody. Names are found when it is shown.
CREATE TABLE notification (
  org_id TEXT NOT NULL,
  id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  about TEXT NOT NULL,
  way TEXT NOT NULL, -- as its member wanted it when it happened: letter, daily, dashboard
  happened_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL, -- when its member read it in the dashboard; 0 for not yet
  told_at BIGINT NOT NULL, -- when its letter told it, or found that there was nothing to tell; 0 for not yet
  PRIMARY KEY (org_id, id),
  FOREIGN KEY (org_id, member_id) REFERENCES member (org_id, id)
);
-- The bell counts by it, and what happens again before it was read is one thing.
CREATE UNIQUE INDEX notification_unseen ON notification (org_id, member_id, kind, about) WHERE seen_at = 0;
CREATE INDEX notification_of ON notification (org_id, member_id, happened_at, id);
CREATE INDEX notification_untold ON notification (org_id, member_id, way, happened_at, id) WHERE told_at = 0 AND seen_at = 0;
CREATE INDEX notification_age ON notification (happened_at);

INSERT INTO notification (org_id, id, member_id, kind, about, way, happened_at, seen_at, told_at)
  SELECT org_id, 'ntf_' || CAST(row_number() OVER (ORDER BY happened_at, org_id, member_id, kind, about) AS TEXT), member_id, kind, about, 'letter', happened_at, 0, 0 FROM news;
DROP TABLE news;

-- How members want to be told, where that is not the usual way: letter, daily, dashboard, none.
CREATE TABLE notification_choice (
  org_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  notification TEXT NOT NULL,
  way TEXT NOT NULL,
  PRIMARY KEY (org_id, member_id, notification),
  FOREIGN KEY (org_id, member_id) REFERENCES member (org_id, id)
);

-- Whose letters were switched off is told in the dashboard.
INSERT INTO notification_choice (org_id, member_id, notification, way)
  SELECT c.org_id, c.member_id, n.name, 'dashboard'
  FROM news_choice c JOIN (SELECT 'access' AS name UNION SELECT 'accepted' UNION SELECT 'unanswered' UNION SELECT 'seats' UNION SELECT 'ending' UNION SELECT 'webhook') n
    ON ' ' || c.unwanted || ' ' LIKE '% ' || n.name || ' %';
DROP TABLE news_choice;
