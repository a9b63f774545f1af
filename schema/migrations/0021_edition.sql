-- When the figures of a country speak of the country, and not only of the lines that were measured.

-- What its pack asks of an edition; a country without a row never speaks of more than lines.
CREATE TABLE edition_rule (
    country     text PRIMARY KEY,
    departments int NOT NULL,     -- that have cells of their own in each figure
    rural_lines int NOT NULL,
    rural_part  numeric NOT NULL, -- of all lines
    market_part numeric NOT NULL, -- that is held by the operators with cells of their own
    operators   int NOT NULL      -- how many there are of these, where nobody says who holds what
);
CREATE TABLE market_share (
    country  text NOT NULL,
    operator text NOT NULL,
    lines    bigint NOT NULL CHECK (lines > 0),
    PRIMARY KEY (country, operator)
);

-- How far an edition's figures reach, as they were made.
CREATE TABLE edition_reach (
    country     text NOT NULL,
    period      text NOT NULL,
    source      text NOT NULL,
    departments text[] NOT NULL, -- with a cell that is shown in each figure that is made by departments
    operators   text[] NOT NULL, -- the same of operators
    lines       int NOT NULL,    -- networks of probes that count
    rural_lines int NOT NULL,
    PRIMARY KEY (country, period, source)
);
INSERT INTO indicator_dirty SELECT DISTINCT extract(year FROM day)::int FROM rollup_day ON CONFLICT DO NOTHING;
