-- +goose Up

-- What the product is called in an organisation, and the links below its pages, each on a line; empty for the
-- installation's.
ALTER TABLE organisation ADD COLUMN product TEXT NOT NULL DEFAULT '';
ALTER TABLE organisation ADD COLUMN footer TEXT NOT NULL DEFAULT '';
