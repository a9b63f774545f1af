-- What was shown of each indicator and period, for the next edition: no reader's role sees any of it. A cell's last figure and
-- when it was made…
CREATE TABLE told_cell (
    indicator      text NOT NULL,
    period         text NOT NULL,
    cell           int NOT NULL,          -- 0, 1, …
    method_version int NOT NULL,
    key            text NOT NULL,         -- country, source, geo, operator, technology and family, as JSON
    made           date NOT NULL,
    PRIMARY KEY (indicator, period, cell)
);

-- …and the days of probes that some edition has counted, with two octets each of a hash of what they said then, and the cells
-- whose last figures they lie in. It says no more of a probe than its days in rollup_day do, which stay as well.
CREATE TABLE told_day (
    indicator text NOT NULL,
    period    text NOT NULL,
    probe_no  int NOT NULL REFERENCES probe,
    days      datemultirange NOT NULL,
    marks     bytea NOT NULL,
    cells     int[] NOT NULL
);
CREATE INDEX told_day_period ON told_day (indicator, period);

-- The newest day that counts in a computed figure.
ALTER TABLE indicator_value ADD as_of date;
