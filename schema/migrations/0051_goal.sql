-- What a country, or all of them, set out to reach, and by when; from the packs (countries/goals.tsv).
CREATE TABLE goal (
    country    text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    indicator  text NOT NULL,
    statistic  text NOT NULL,
    technology text,             -- of these lines alone; NULL: of all
    compared   text NOT NULL CHECK (compared IN ('at least', 'at most')),
    wanted     double precision NOT NULL,
    by_year    int NOT NULL CHECK (by_year BETWEEN 1990 AND 2100), -- the end of it
    since      int NOT NULL CHECK (since <= by_year), -- when it was set: a pace is counted from there
    source_fr  text NOT NULL,
    source_en  text NOT NULL,
    source_url text NOT NULL
);
CREATE UNIQUE INDEX goal_key ON goal (country, indicator, statistic, technology, by_year, source_en) NULLS NOT DISTINCT;
