-- +goose Up

-- What the product is called in an organisation, and the links below its pages, each on a line; empty for the
-- installation's.
ALTER TABLE organisation ADD COLUMN product TEXT NOT NULL DEFAULT '';
ALTER TABLE organisation ADD COLUMN footer TEXT NOT NULL DEFAULT '';

-- How the installation looks, where an organisation has nothing of its own: one row, as it was before anybody chose.
CREATE TABLE installation_brand (
  id TEXT PRIMARY KEY,
  accent TEXT NOT NULL,
  sender TEXT NOT NULL,
  reply_to TEXT NOT NULL,
  product TEXT NOT NULL,
  footer TEXT NOT NULL,
  picture TEXT NOT NULL,
  version BIGINT NOT NULL
);
INSERT INTO installation_brand (id, accent, sender, reply_to, product, footer, picture, version) VALUES ('installation', '', '', '', '', '', '', 1);

-- Its logo. hash is that of the bytes.
CREATE TABLE installation_picture (
  id TEXT PRIMARY KEY REFERENCES installation_brand (id),
  hash TEXT NOT NULL,
  media TEXT NOT NULL,
  data BYTEA NOT NULL
);
