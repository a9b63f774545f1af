-- The probes that count in a day's public series, in the waves in which they came to it (functions/series.sql); filled by the
-- refresh, and for no reader's role.
CREATE TABLE series_wave (
    day    date NOT NULL,
    source text NOT NULL,
    wave   int NOT NULL,                  -- 1, 2, …
    probes int[] NOT NULL,
    PRIMARY KEY (day, source, wave)
);
INSERT INTO indicator_dirty (year) SELECT DISTINCT extract(year FROM day)::int FROM rollup_day ON CONFLICT DO NOTHING;
