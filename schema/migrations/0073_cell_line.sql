-- Which line of a cell's day changed: the others are taken as they stand in rollup_cell_day, and only its sketches are read.
-- What was listed before is placed anew, all of its day, and nothing is kept of it.
ALTER TABLE rollup_cell_dirty ADD COLUMN probe_no int NOT NULL DEFAULT 0; -- 0: of cell 0
DELETE FROM rollup_cell_day c USING rollup_cell_dirty d WHERE (c.day, c.cell_no) = (d.day, d.cell_no);
UPDATE rollup_cell_dirty SET cell_no = 0;
