-- Does a validity reach into the (UTC) day?
CREATE OR REPLACE FUNCTION valid_on(valid_from timestamptz, valid_to timestamptz, day date) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT valid_from < (day + 1)::timestamp AT TIME ZONE 'UTC' AND valid_to > day::timestamp AT TIME ZONE 'UTC'
$$;

-- Where a probe stood on a day (UTC): the surroundings that were valid then; where they changed within the day, those that
-- held for most of it. A box that moves in the evening has measured from the old place. An operator that nobody but its members
-- knows is none.
DROP FUNCTION IF EXISTS place_on(int, date);
CREATE FUNCTION place_on(of_probe int, on_day date)
RETURNS TABLE (country text, department text, zone text, operator text, technology text, known_no int)
LANGUAGE sql STABLE AS $$
    SELECT c.country, c.department, c.zone, o.name, c.technology, o.known_no
    FROM probe_context c
    LEFT JOIN known_operator o USING (operator_no)
    WHERE c.probe_no = of_probe AND valid_on(c.valid_from, c.valid_to, on_day)
    ORDER BY least(c.valid_to, (on_day + 1)::timestamp AT TIME ZONE 'UTC')
             - greatest(c.valid_from, on_day::timestamp AT TIME ZONE 'UTC') DESC, c.valid_from DESC
    LIMIT 1
$$;
