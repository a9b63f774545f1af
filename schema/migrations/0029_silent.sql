-- Probes of a figure that ended in silence: how many of those that it is made of have given nothing for long.
ALTER TABLE indicator_value
    ADD n_silent int,
    DROP CONSTRAINT indicator_value_hidden_check,
    ADD CONSTRAINT indicator_value_hidden_check
        CHECK (floor IN ('met', 'off')
               OR num_nonnulls(value, low, high, n_samples, n_failed, n_days, n_probes, n_networks, n_silent) = 0);
