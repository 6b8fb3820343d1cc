-- +goose Up

-- In which order product clients are told the lines of all organisations' histories: each row numbers some lines of one
-- organisation that stand together, up to seq, the last of which has this number. It is made when somebody reads.
CREATE TABLE feed (
  org_id TEXT NOT NULL,
  seq BIGINT NOT NULL,
  lines BIGINT NOT NULL,
  last BIGINT NOT NULL UNIQUE,
  PRIMARY KEY (org_id, seq)
);

-- How far lines are numbered, and how far the installation's own history was looked through. One row; its lock orders who
-- numbers.
CREATE TABLE feed_head (
  id TEXT PRIMARY KEY,
  number BIGINT NOT NULL,
  installation BIGINT NOT NULL
);
INSERT INTO feed_head (id, number, installation) VALUES ('feed', 0, 0);
