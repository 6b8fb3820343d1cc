-- +goose Up

-- A password that somebody else set must be changed at the first sign-in, and before this moment; 0 for one
-- that its person chose.
ALTER TABLE credential ADD COLUMN change_by BIGINT NOT NULL DEFAULT 0;
