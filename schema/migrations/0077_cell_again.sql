-- Lines of cells are kept as they stand where nothing says that they changed. Until 0073 neither a target's new kind said so, nor that a
-- member who was forgotten had named a target: all days are placed anew once.
INSERT INTO rollup_cell_dirty (day, cell_no) SELECT DISTINCT day, 0 FROM rollup_line;
-- And a cell's day without its line is not one that can be made.
DELETE FROM rollup_cell_dirty WHERE cell_no <> 0 AND probe_no = 0;
ALTER TABLE rollup_cell_dirty ADD CONSTRAINT rollup_cell_dirty_line CHECK ((cell_no = 0) = (probe_no = 0));
