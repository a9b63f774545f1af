-- What each figure means; a copy of the headers of schema/indicators/, for SQL's use. An indicator that is retired stays.
CREATE TABLE indicator (
    indicator      text PRIMARY KEY,
    name_fr        text NOT NULL,
    name_en        text NOT NULL,
    unit           text NOT NULL,
    better         text NOT NULL CHECK (better IN ('low', 'high', '-')),
    status         text NOT NULL CHECK (status IN ('proposed', 'adopted', 'retired')),
    nature         text NOT NULL CHECK (nature IN ('quantitative', 'qualitative')),
    kind           text NOT NULL CHECK (kind IN ('measured', 'imported')),
    method_version int NOT NULL,
    definition_fr  text NOT NULL,
    definition_en  text NOT NULL
);

-- The published figures: computed from rollups, or imported from another source. A figure of a regulator and one of
-- ours stand side by side, because the source is part of the key.
CREATE TABLE indicator_value (
    indicator      text NOT NULL,
    period         text NOT NULL CHECK (period ~ '^[0-9]{4}(-(0[1-9]|1[0-2])|-Q[1-4]|-S[12])?$'),
    statistic      text NOT NULL,         -- p10, p50, p90, p95, mean, share; 'value' when imported
    country        text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    geo            text,                  -- department (ISO 3166-2); NULL is the whole country
    operator       text,
    technology     text,
    family         text CHECK (family IN ('ipv4', 'ipv6')),
    zone           text CHECK (zone IN ('urban', 'rural')),
    sex            text CHECK (sex IN ('female', 'male')),
    age_group      text,
    plan           text,
    source         text NOT NULL,         -- 'measured', 'simulated', or whose figure it is
    simulated      boolean NOT NULL DEFAULT false,
    computed       boolean NOT NULL,      -- made by the collector, and made again at each refresh
    value          double precision,      -- NULL: below the publication floor, counted in a larger cell only
    unit           text NOT NULL,
    low            double precision,
    high           double precision,
    interval_kind  text CHECK (interval_kind IN ('bootstrap95', 'wilson95', 'range', 'margin')),
    n_samples      bigint,
    n_days         int,                   -- probe-days
    n_probes       int,
    n_networks     int,
    floor          text CHECK (floor IN ('met', 'below', 'n<5')),
    method         text,
    method_version int,
    source_url     text,
    retrieved      date NOT NULL,
    note           text,
    stored_at      timestamptz NOT NULL DEFAULT now(),
    CHECK (floor <> 'n<5' OR num_nonnulls(value, low, high, n_samples, n_days, n_probes, n_networks) = 0)
);
CREATE UNIQUE INDEX indicator_value_key ON indicator_value (indicator, period, statistic, country, geo, operator,
    technology, family, zone, sex, age_group, plan, source) NULLS NOT DISTINCT;

-- A measured figure day by day for the whole country: one value a probe, then their median (or mean) and its interval by
-- order statistics. For charts; not a published figure.
CREATE TABLE indicator_day (
    indicator  text NOT NULL,
    country    text NOT NULL,
    source     text NOT NULL,
    day        date NOT NULL,
    value      double precision NOT NULL,
    low        double precision,
    high       double precision,
    n_probes   int NOT NULL,
    n_networks int NOT NULL,
    PRIMARY KEY (indicator, country, source, day)
);

-- Years whose figures have to be made again; filled by the rollup, emptied by the refresh.
CREATE TABLE indicator_dirty (
    year int PRIMARY KEY
);
