-- Years of which the SELECT of a chapter's own indicator fails on what was measured. Its figures of them stay as they were.
CREATE TABLE indicator_fault (
    indicator text NOT NULL,
    year      int NOT NULL,
    sql_hash  text NOT NULL, -- of that SELECT: another one is tried at once, the same one when the year is made again
    why       text NOT NULL,
    found_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (indicator, year)
);
