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
    DELETE FROM indicator_value WHERE computed AND (whole OR simulated);
    DELETE FROM indicator_day WHERE whole OR source = 'simulated';
    DELETE FROM indicator_change WHERE whole OR simulated;
    PERFORM years_stale('floor', array_agg(DISTINCT extract(year FROM day)::int)) FROM rollup_day WHERE whole OR simulated;
    RETURN true;
END
$$;
REVOKE EXECUTE ON FUNCTION floor_lift FROM PUBLIC;
