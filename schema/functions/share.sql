-- Shares, which cannot be more than the whole.

-- The part of a whole, 0 to 1. NULL where there is no whole, or nothing known of the part. Rows that contradict themselves (more
-- received than sent) are cut, as history may hold them.
CREATE OR REPLACE FUNCTION share_of(part double precision, whole double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN whole > 0 AND part IS NOT NULL THEN least(greatest(part, 0), whole) / whole END
$$;

-- The percentage of a whole that did not turn out well. Failures are what is left once the good is taken away, and never
-- counted themselves: one of a kind that nobody thought of is a failure like the others. Nothing good is 100.
CREATE OR REPLACE FUNCTION percent_failed(good double precision, whole double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT 100 * (1 - share_of(coalesce(good, 0), whole))
$$;
