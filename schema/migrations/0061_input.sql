-- What others published and figures are calculated from: tariffs, the market's parts, what people earn. Each row knows the import
-- that brought it (functions/input.sql). A row is never changed in place: another takes its place.

-- What an operator asks for a plan, from a day on.
CREATE TABLE plan_price (
    country        text NOT NULL,
    operator       text NOT NULL,
    plan           text NOT NULL,                               -- its key over the years, whatever it is called
    technology     text NOT NULL,                               -- as functions/tariff.sql knows them
    name           text,
    segment        text NOT NULL CHECK (segment IN ('prepaid', 'postpaid')),
    price          double precision NOT NULL CHECK (price > 0), -- of one validity, with taxes
    currency       text NOT NULL,
    volume_gb      double precision CHECK (volume_gb > 0),      -- NULL: without a limit
    validity_days  int NOT NULL CHECK (validity_days > 0),
    down_mbps      double precision,                            -- advertised, as is the next
    up_mbps        double precision,
    throttled_mbps double precision,                            -- once the volume is used up
    promotion      boolean NOT NULL,
    valid_from     date NOT NULL,
    valid_to       date,                                        -- the last day; NULL: still on sale when it was retrieved
    source         text NOT NULL,
    source_url     text,
    retrieved      date NOT NULL,
    note           text,
    run            int NOT NULL REFERENCES import_run,
    PRIMARY KEY (country, operator, plan, valid_from, source),
    CHECK (valid_to >= valid_from)
);
CREATE INDEX plan_price_run ON plan_price (run);

-- What prices are held against, in the country's currency.
CREATE TABLE economy (
    country    text NOT NULL,
    series     text NOT NULL CHECK (series IN ('gni_per_capita', 'cpi', 'population', 'minimum_wage_hour', 'smartphone_price')),
    period     text NOT NULL,
    value      double precision NOT NULL CHECK (value > 0), -- a year's income; an index; persons; an hour's wage; a price
    currency   text CHECK ((currency IS NULL) = (series IN ('cpi', 'population'))),
    source     text NOT NULL,
    source_url text,
    retrieved  date NOT NULL,
    note       text,
    run        int NOT NULL REFERENCES import_run,
    PRIMARY KEY (country, series, period, source)
);
CREATE INDEX economy_run ON economy (run);

-- What part of a market an operator holds.
CREATE TABLE market_part (
    country       text NOT NULL,
    technology    text NOT NULL,
    operator      text NOT NULL,
    period        text NOT NULL,
    share         numeric CHECK (share BETWEEN 0 AND 100),    -- percent, with the decimals that its source gave
    subscriptions bigint CHECK (subscriptions >= 0),
    source        text NOT NULL,
    source_url    text,
    retrieved     date NOT NULL,
    note          text,
    run           int NOT NULL REFERENCES import_run,
    PRIMARY KEY (country, technology, operator, period, source),
    CHECK (num_nonnulls(share, subscriptions) = 1)
);
CREATE INDEX market_part_run ON market_part (run);
