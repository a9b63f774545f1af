-- Cells are made of the days that are there.
CREATE INDEX rollup_cell_dirty_key ON rollup_cell_dirty (day, cell_no);
INSERT INTO rollup_cell_dirty (day, cell_no) SELECT DISTINCT day, 0 FROM rollup_day;
