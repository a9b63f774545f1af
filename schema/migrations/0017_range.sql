-- What schema/ranges.tsv does not allow, a row a check: SQL's condition for a row r of `result`, from the program's own
-- registry, and the one to which all rows that were there have been held (functions/range.sql).
CREATE TABLE check_range (
    check_no smallint PRIMARY KEY REFERENCES check_kind,
    broken   text NOT NULL,
    held_to  text                         -- NULL: none, they are from before there was one
);
