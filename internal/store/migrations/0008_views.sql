-- +goose Up

-- How members look at a list: views that they saved under a name, and how the list stood when they last saw it. A
-- view's query is what stands in the page's address.
CREATE TABLE view (
  org_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  folded TEXT NOT NULL,
  query TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (org_id, member_id, id),
  FOREIGN KEY (org_id, member_id) REFERENCES member (org_id, id)
);
CREATE UNIQUE INDEX view_name ON view (org_id, member_id, folded);
