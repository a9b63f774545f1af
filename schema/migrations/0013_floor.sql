-- Figures of the floor that counted texts as networks are gone at once: those of the new one come with the next refresh.
DROP FUNCTION IF EXISTS place_on(int, date);
DROP FUNCTION IF EXISTS public_series(date, date, text, text, text, text, text, text, text);
DROP VIEW IF EXISTS public_indicator, public_indicator_day;
DELETE FROM indicator_value WHERE computed;
DELETE FROM indicator_day;
INSERT INTO indicator_dirty SELECT DISTINCT extract(year FROM day)::int FROM rollup_day ON CONFLICT DO NOTHING;

ALTER TABLE indicator_value
    DROP CONSTRAINT indicator_value_check,
    DROP CONSTRAINT indicator_value_floor_check,
    DROP CONSTRAINT indicator_value_interval_kind_check,
    ADD lines int, -- of a country that is not shown: 0, 1 (or 2), 3 (or 4), 5
    ADD CONSTRAINT indicator_value_floor_check CHECK (floor IN ('met', 'n<5', 'hidden')),
    ADD CONSTRAINT indicator_value_hidden_check
        CHECK (floor = 'met' OR num_nonnulls(value, low, high, n_samples, n_days, n_probes, n_networks) = 0),
    ADD CONSTRAINT indicator_value_interval_kind_check CHECK (interval_kind IN ('bootstrap95', 'wilson95', 'margin'));
