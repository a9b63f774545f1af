-- The days to make again are taken some at a time, in order, however long the list is.
CREATE INDEX rollup_dirty_key ON rollup_dirty (day, probe_no);
