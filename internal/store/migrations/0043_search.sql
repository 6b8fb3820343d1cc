-- +goose Up

-- The lines that an erasure must look into, though it was not they who acted or were acted on: those with a free text, and
-- those that tell of a member or person beside their target (package chain tells which). Of lines from before, these are
-- found by what stands in their bodies, and a few more.
ALTER TABLE event ADD COLUMN beside BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE event SET beside = TRUE WHERE
  body LIKE '%"refused":"%' OR body LIKE '%"kind":"import"%' OR body LIKE '%"kind":"file"%'
  OR body LIKE '%"field":"block_reason"%' OR body LIKE '%"field":"inviter"%' OR body LIKE '%"field":"created_by"%'
  OR body LIKE '%"field":"reason"%' OR body LIKE '%"field":"filter"%' OR body LIKE '%"field":"to"%'
  OR replace(body, '"id":"' || target_id || '"', '') LIKE '%"kind":"member","id":"%'
  OR replace(body, '"id":"' || target_id || '"', '') LIKE '%"kind":"person","id":"%';
CREATE INDEX event_beside ON event (org_id, seq) WHERE beside;
