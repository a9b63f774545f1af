-- Tests that gave no number, beside the value that is made of the others.
ALTER TABLE indicator_value
    ADD n_failed bigint,
    DROP CONSTRAINT indicator_value_hidden_check,
    ADD CONSTRAINT indicator_value_hidden_check
        CHECK (floor IN ('met', 'off')
               OR num_nonnulls(value, low, high, n_samples, n_failed, n_days, n_probes, n_networks) = 0);
