-- +goose Up

-- Whom an organisation manages and who comes in by its connection has that one way in: a passkey is a second factor beside
-- it, and does not let them in alone.
UPDATE credential SET alone = FALSE WHERE kind = 'passkey' AND person_id IN (
  SELECT p.id FROM person p JOIN member m ON m.org_id = p.managed_by AND m.person_id = p.id
    JOIN identity i ON i.org_id = m.org_id AND i.member_id = m.id);
