-- Probe-days of which results came after retention had taken their month. The results are kept, and archived beside the others;
-- the day cannot be made again of a part of it, so that they are in no figure.
CREATE TABLE rollup_late (
    day      date NOT NULL,
    probe_no int NOT NULL,
    found_at timestamptz NOT NULL DEFAULT now(),
    told     boolean NOT NULL DEFAULT false, -- somebody was, in the log
    PRIMARY KEY (day, probe_no)
);
