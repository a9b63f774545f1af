-- Why the figures of a year have to be made again, in a word; 'asked': somebody wrote it there (functions/stale.sql).
ALTER TABLE indicator_dirty
    DROP CONSTRAINT indicator_dirty_pkey,
    ADD why text NOT NULL DEFAULT 'asked',
    ADD PRIMARY KEY (year, why);
-- Probe-days of results that were there, and are read once more.
ALTER TABLE rollup_dirty ADD again boolean NOT NULL DEFAULT false;
