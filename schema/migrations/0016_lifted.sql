-- Whether the floor under which figures are hidden is lifted: for trying, on a collector that nobody else reaches.
CREATE TABLE publication_floor (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    lifted   boolean NOT NULL
);
INSERT INTO publication_floor (lifted) VALUES (false);

-- 'off': shown whatever stands behind it.
ALTER TABLE indicator_value
    DROP CONSTRAINT indicator_value_floor_check,
    DROP CONSTRAINT indicator_value_hidden_check,
    ADD CONSTRAINT indicator_value_floor_check CHECK (floor IN ('met', 'n<5', 'hidden', 'off')),
    ADD CONSTRAINT indicator_value_hidden_check
        CHECK (floor IN ('met', 'off') OR num_nonnulls(value, low, high, n_samples, n_days, n_probes, n_networks) = 0);
