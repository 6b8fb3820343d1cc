-- +goose Up

-- Where events go: of an organisation, or (org_id 'installation') of a product client for all organisations. events are
-- separated by spaces. secret and old_secret are sealed with the installation's key.
CREATE TABLE webhook (
  org_id TEXT NOT NULL,
  id TEXT NOT NULL,
  client_id TEXT NOT NULL,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  events TEXT NOT NULL,
  secret TEXT NOT NULL,
  last_four TEXT NOT NULL,
  old_secret TEXT NOT NULL,
  old_until BIGINT NOT NULL,
  paused_at BIGINT NOT NULL,
  paused_why TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  updated_by TEXT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (org_id, id)
);

-- How far each has got in an organisation's history. turn rises when somebody sets it.
CREATE TABLE webhook_reach (
  org_id TEXT NOT NULL,
  webhook_id TEXT NOT NULL,
  of_org TEXT NOT NULL,
  seq BIGINT NOT NULL,
  turn BIGINT NOT NULL,
  tries BIGINT NOT NULL,
  failed_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  PRIMARY KEY (org_id, webhook_id, of_org),
  FOREIGN KEY (org_id, webhook_id) REFERENCES webhook (org_id, id)
);
CREATE INDEX webhook_reach_of ON webhook_reach (of_org);

-- What became of deliveries, the last of them. What was sent is the history's line, and does not stand here.
CREATE TABLE webhook_attempt (
  org_id TEXT NOT NULL,
  webhook_id TEXT NOT NULL,
  id TEXT NOT NULL,
  of_org TEXT NOT NULL,
  seq BIGINT NOT NULL,
  action TEXT NOT NULL,
  at BIGINT NOT NULL,
  try BIGINT NOT NULL,
  url TEXT NOT NULL,
  status BIGINT NOT NULL,
  answer TEXT NOT NULL,
  failure TEXT NOT NULL,
  took BIGINT NOT NULL,
  PRIMARY KEY (org_id, webhook_id, id),
  FOREIGN KEY (org_id, webhook_id) REFERENCES webhook (org_id, id)
);
CREATE INDEX webhook_attempt_age ON webhook_attempt (at);
