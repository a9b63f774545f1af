-- Beside its told days, what a probe weighed in each cell's last figure, in millionths of a day, and the day up to which it was
-- waited for then. No reader's role sees it.
CREATE TABLE told_line (
    indicator text NOT NULL,
    period    text NOT NULL,
    probe_no  int NOT NULL REFERENCES probe,
    last_day  date NOT NULL,
    cells     int[] NOT NULL,
    weights   int[] NOT NULL,
    PRIMARY KEY (indicator, period, probe_no)
);
