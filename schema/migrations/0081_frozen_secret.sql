-- What the collector alone knows, so that a digest that it publishes over what hosts sent (freeze.json) tells none of them whether it
-- is over theirs alone. It goes with the database, as what was printed is held against it later.
CREATE TABLE frozen_secret (
    whole  boolean PRIMARY KEY DEFAULT true CHECK (whole), -- there is one
    secret bytea NOT NULL DEFAULT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
);
INSERT INTO frozen_secret DEFAULT VALUES;
