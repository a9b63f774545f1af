-- Editions of other chapters, of the data package that their report is written with. They have tables of their own: what another
-- chapter measured stands beside figures of ours, and is never counted, ranked or closed with them.
CREATE TABLE peer_edition (
    run         int PRIMARY KEY REFERENCES import_run,
    country     text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    year        int NOT NULL,
    chapter     text NOT NULL,              -- whose it is
    title       text NOT NULL,              -- of the report, as its package has it
    version     int NOT NULL,               -- of the closed year; 0: it was open, the figures are provisional
    simulated   boolean NOT NULL,           -- of an imaginary country
    licence     text NOT NULL,
    licence_url text,
    left_out    bigint NOT NULL             -- lines of the file that are of other sources, countries or years
);
CREATE INDEX peer_edition_place ON peer_edition (country, year);

-- As they stand in the file: every column of a published figure but those that the edition tells.
CREATE TABLE peer_figure (
    run            int NOT NULL REFERENCES import_run,
    line           int NOT NULL,            -- of the file
    indicator      text NOT NULL,
    statistic      text NOT NULL,
    geo            text,
    operator       text,
    technology     text,
    family         text CHECK (family IN ('ipv4', 'ipv6')),
    zone           text CHECK (zone IN ('urban', 'rural')),
    sex            text CHECK (sex IN ('female', 'male')),
    age_group      text,
    plan           text,
    item           text,
    value          double precision,        -- NULL: too few lines there, it is not published
    unit           text NOT NULL,
    low            double precision,
    high           double precision,
    interval_kind  text,
    interval_why   text,
    interval_lines int,
    rank_low       int,
    rank_high      int,
    change_from    text,
    change         double precision,
    change_low     double precision,
    change_high    double precision,
    change_why     text,
    n_samples      bigint,
    n_failed       bigint,
    n_days         bigint,
    n_probes       bigint,                  -- in steps, as everybody is told them
    n_networks     bigint,
    n_silent       bigint,
    floor          text,
    speaks_of      text,
    kind           text NOT NULL CHECK (kind IN ('measured', 'calculated')),
    simulated      boolean NOT NULL,
    method         text,
    method_version int,
    target_set     int,
    source_url     text,
    retrieved      date,
    as_of          date,
    note           text,
    version        int NOT NULL,
    edition        text NOT NULL CHECK (edition IN ('closed', 'provisional')),
    PRIMARY KEY (run, line),
    CHECK (value IS NOT NULL OR num_nonnulls(low, high, n_samples, n_days, n_probes, n_networks) = 0)
);
CREATE UNIQUE INDEX peer_figure_key ON peer_figure (run, indicator, statistic, geo, operator, technology, family, zone, sex, age_group,
    plan, item) NULLS NOT DISTINCT;
