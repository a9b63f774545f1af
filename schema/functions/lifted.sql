-- Lifts the publication floor, or puts it back. Where that changes anything all computed figures go at once, so that none
-- made without a floor is ever read with one, and are made again at the next refresh. What was told before stays told:
-- with the floor put back, a figure comes again when it tells of nobody beside those of before. Days of charts do not come
-- again: a point is drawn when its day is told, and then never. Returns whether it did.
CREATE OR REPLACE FUNCTION floor_lift(is_lifted boolean) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('internetmetre refresh')); -- not while figures are made
    UPDATE publication_floor SET lifted = is_lifted WHERE lifted <> is_lifted;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM indicator_value WHERE computed;
    DELETE FROM indicator_day;
    DELETE FROM indicator_change;
    PERFORM years_stale('floor', NULL, '-infinity');
    RETURN true;
END
$$;
REVOKE EXECUTE ON FUNCTION floor_lift FROM PUBLIC;
