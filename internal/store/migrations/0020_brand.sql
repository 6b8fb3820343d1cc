-- +goose Up

-- How an organisation looks to its people, and whom their answers to its letters reach. Each is empty where nothing was
-- chosen: the accent colour as six hexadecimal digits, the name of who writes, and the address for answers.
ALTER TABLE organisation ADD COLUMN accent TEXT NOT NULL DEFAULT '';
ALTER TABLE organisation ADD COLUMN sender TEXT NOT NULL DEFAULT '';
ALTER TABLE organisation ADD COLUMN reply_to TEXT NOT NULL DEFAULT '';
