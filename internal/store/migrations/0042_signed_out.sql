-- +goose Up

-- When an administrator last signed a member out: what a session proved before counts in this organisation no more.
ALTER TABLE member ADD COLUMN signed_out_at BIGINT NOT NULL DEFAULT 0;
