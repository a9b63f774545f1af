-- Or lifted for simulated rows alone, behind which stands nobody: wherever the collector answers.
ALTER TABLE publication_floor ADD lifted_simulated boolean NOT NULL DEFAULT false;
DROP FUNCTION IF EXISTS floor_lift(boolean); -- it takes one more
