-- What people do with a line, and what each of it asks for (indicators/PER10.sql). An edition of another year than the latest of
-- `since` may have rows of its own: they count from that year on, all of a year together.
CREATE TABLE iqb_requirement (
    since     int NOT NULL,
    use_case  text NOT NULL,
    measure   text NOT NULL CHECK (measure IN ('download', 'upload', 'latency', 'loss')),
    threshold double precision NOT NULL CHECK (threshold > 0), -- Mbit/s, to be above; ms and a fraction, to be below
    weight    int NOT NULL CHECK (weight BETWEEN 0 AND 5),
    PRIMARY KEY (since, use_case, measure)
);
