-- +goose Up

-- Tables of people that were sent in, each on its way: read, mapped, corrected, applied row by row. actor is under whose
-- authority it goes on, as JSON; header and columns are JSON lists. What an import does is acts with lines of their own.
CREATE TABLE import (
  org_id TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  sum TEXT NOT NULL,
  state TEXT NOT NULL,
  why TEXT NOT NULL,
  header TEXT NOT NULL,
  columns TEXT NOT NULL,
  actor TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (org_id, id)
);
CREATE INDEX import_age ON import (made_at);

-- Their rows: what stands in them, and what became of each. cells, problem and outcome are JSON.
CREATE TABLE import_row (
  org_id TEXT NOT NULL,
  import_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  cells TEXT NOT NULL,
  state TEXT NOT NULL,
  problem TEXT NOT NULL,
  outcome TEXT NOT NULL,
  PRIMARY KEY (org_id, import_id, number),
  FOREIGN KEY (org_id, import_id) REFERENCES import (org_id, id)
);
CREATE INDEX import_row_state ON import_row (org_id, import_id, state, number);
