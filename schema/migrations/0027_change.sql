-- The change of a measured indicator's main statistic from one year to the next, over what is common to both: lines, each of the
-- same weight in both years, or else published cells. Where nothing is, why the two years are not comparable (functions/change.sql).
CREATE TABLE indicator_change (
    indicator      text NOT NULL,
    country        text NOT NULL,
    source         text NOT NULL,
    simulated      boolean NOT NULL,
    statistic      text NOT NULL,
    from_period    text NOT NULL,
    to_period      text NOT NULL,
    method_version int NOT NULL,
    kind           text CHECK (kind IN ('lines', 'cells')),
    why            text CHECK (why IN ('missing', 'unfinished', 'method', 'few')),
    value_from     double precision,
    value_to       double precision,
    low            double precision,      -- of value_to - value_from, 95 %
    high           double precision,
    n_common       int,                   -- how many lines or cells
    lines          text[],                -- households, by the name of the last probe; for nobody but the next refresh
    PRIMARY KEY (indicator, country, source, to_period),
    CHECK (num_nonnulls(kind, why) = 1),
    CHECK (num_nonnulls(value_from, value_to, low, high, n_common) = CASE WHEN kind IS NULL THEN 0 ELSE 5 END),
    CHECK ((lines IS NOT NULL) = (kind IS NOT DISTINCT FROM 'lines'))
);
INSERT INTO indicator_dirty (year, why) SELECT DISTINCT extract(year FROM day)::int, 'method' FROM rollup_day ON CONFLICT DO NOTHING;
