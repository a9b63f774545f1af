-- Beside what a probe weighed in each cell's last figure, what it would have if what it says had not been cut there. NULL: it is
-- not known, as programs before kept none.
ALTER TABLE told_line ADD wholes int[];
