-- +goose Up

-- The words of members in the order of their names, by the first three bytes of a word: a search that finds many is read
-- off it. SQLite and PostgreSQL both cut bytes.
ALTER TABLE member_word ADD COLUMN sort_name BYTEA NOT NULL DEFAULT '';
UPDATE member_word SET sort_name = (SELECT m.sort_name FROM member m WHERE m.org_id = member_word.org_id AND m.id = member_word.member_id);
CREATE INDEX member_word_name ON member_word (org_id, substr(word, 1, 3), sort_name, member_id, word);

-- Who is bound to a customer account or was given something there or below it, in the order of their names. Whoever has
-- to do with it stands here; that somebody stands here proves nothing.
CREATE TABLE member_place (
  org_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  sort_name BYTEA NOT NULL,
  member_id TEXT NOT NULL,
  PRIMARY KEY (org_id, unit_id, sort_name, member_id),
  FOREIGN KEY (org_id, member_id) REFERENCES member (org_id, id),
  FOREIGN KEY (org_id, unit_id) REFERENCES unit (org_id, id)
);
CREATE INDEX member_place_of ON member_place (org_id, member_id);
INSERT INTO member_place (org_id, unit_id, sort_name, member_id)
  WITH RECURSIVE place (org_id, unit_id, sort_name, member_id) AS (
    SELECT s.org_id, s.unit_id, s.sort_name, s.member_id FROM (
      SELECT m.org_id, m.unit_id, m.sort_name, m.id AS member_id FROM member m WHERE m.status <> 'removed' AND m.unit_id IS NOT NULL
      UNION
      SELECT m.org_id, g.unit_id, m.sort_name, m.id FROM member m JOIN member_grant g ON g.org_id = m.org_id AND g.member_id = m.id
        WHERE m.status <> 'removed' AND g.unit_id IS NOT NULL) s
    UNION
    SELECT p.org_id, u.parent_id, p.sort_name, p.member_id FROM place p JOIN unit u ON u.org_id = p.org_id AND u.id = p.unit_id
      WHERE u.parent_id IS NOT NULL)
  SELECT org_id, unit_id, sort_name, member_id FROM place;
