-- Lifts the publication floor, for all or for simulated rows alone, or puts it back. Where that changes anything the computed
-- figures that it is about go at once, so that none made without a floor is ever read with one, and are made again at the next
-- refresh. What was told before stays told: with the floor put back, a figure comes again when it tells of nobody beside those of
-- before. Days of charts do not come again: a point is drawn when its day is told, and then never. Returns whether it did.
CREATE OR REPLACE FUNCTION floor_lift(is_lifted boolean, of_simulated boolean DEFAULT false) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    was   publication_floor;
    whole boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('internetmetre refresh')); -- not while figures are made
    SELECT * INTO was FROM publication_floor;
    whole := was.lifted <> is_lifted;
    IF NOT whole AND was.lifted_simulated = of_simulated THEN
        RETURN false;
    END IF;
    UPDATE publication_floor SET lifted = is_lifted, lifted_simulated = of_simulated;
    DELETE FROM indicator_value WHERE computed AND source <> 'calculated' AND (whole OR simulated);
    DELETE FROM indicator_day WHERE whole OR source = 'simulated';
    DELETE FROM indicator_change WHERE whole OR simulated;
    INSERT INTO series_dirty (day, due) SELECT DISTINCT l.day, l.day FROM rollup_line l JOIN rollup_cell c USING (cell_no) WHERE c.simulated;
    PERFORM years_stale('floor', array_agg(DISTINCT extract(year FROM day)::int)) FROM rollup_day WHERE whole OR simulated;
    RETURN true;
END
$$;

-- Without a floor the simulated lines of each place are told of together on a day, however few they are. What is told of measured
-- lines stays for ever: for them it is never lifted.
CREATE OR REPLACE FUNCTION series_lift(of_day date) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT lifted OR lifted_simulated FROM publication_floor) THEN
        PERFORM series_store(of_day, jsonb_agg(b)) FROM (
            SELECT f.check_no, f.position, 15 AS alike, array_agg(f.probe_no ORDER BY f.probe_no) AS probes
            FROM series_fresh(of_day) f JOIN probe p USING (probe_no)
            WHERE p.simulated
            GROUP BY f.check_no, f.position, f.country, f.department, f.operator, f.technology, f.zone) AS b
        HAVING count(*) > 0;
    END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION floor_lift, series_lift FROM PUBLIC;
