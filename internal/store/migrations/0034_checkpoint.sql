-- +goose Up

-- What histories were at a moment, signed: once a day for those that went on. Whoever keeps the texts elsewhere can show
-- later that nothing was cut off or written anew.
CREATE TABLE checkpoint (
  org_id TEXT NOT NULL,
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (org_id, seq)
);
