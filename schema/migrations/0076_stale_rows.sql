-- A year is on the list once for every transaction that has put it there (functions/stale.sql).
ALTER TABLE indicator_dirty DROP CONSTRAINT indicator_dirty_pkey;
CREATE INDEX indicator_dirty_year ON indicator_dirty (year, why);
