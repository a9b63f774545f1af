-- Who hosts a probe reads what it measured through a secret link: the SHA-256 of the secret, which the probe made itself.
CREATE TABLE probe_owner (
    probe_no int PRIMARY KEY REFERENCES probe,
    hash     bytea NOT NULL UNIQUE CHECK (length(hash) = 32)
);
