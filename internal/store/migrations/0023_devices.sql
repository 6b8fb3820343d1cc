-- +goose Up

-- Devices on which a person has signed in. They open nothing, and are spared the waits that wrong tries elsewhere cause.
-- hash is that of the secret in the device's cookie. A person has so many places, and a new device takes the one that was
-- quiet for longest.
CREATE TABLE device (
  person_id TEXT NOT NULL REFERENCES person (id),
  place BIGINT NOT NULL,
  hash TEXT NOT NULL,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (person_id, place)
);
CREATE INDEX device_age ON device (seen_at);
