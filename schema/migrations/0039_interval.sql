-- Intervals of lines' values: by order statistics, exact, or by a studentised bootstrap; why a figure has none, and from how many lines
-- it would.
ALTER TABLE indicator_value
    ADD interval_why text CHECK (interval_why IN ('lines', 'alike')),
    ADD interval_lines int,
    ADD CONSTRAINT indicator_value_interval_check CHECK (num_nonnulls(interval_kind, interval_why) < 2),
    DROP CONSTRAINT indicator_value_interval_kind_check,
    ADD CONSTRAINT indicator_value_interval_kind_check
        CHECK (interval_kind IN ('order95', 'exact95', 'studentised95', 'bootstrap95', 'wilson95', 'margin')),
    DROP CONSTRAINT indicator_value_hidden_check,
    ADD CONSTRAINT indicator_value_hidden_check
        CHECK (floor IN ('met', 'off')
               OR num_nonnulls(value, low, high, n_samples, n_failed, n_days, n_probes, n_networks, n_silent, interval_why,
                               interval_lines) = 0);
