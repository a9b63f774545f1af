-- The days on which something was expected of a probe, in a period from `first` to `last` (UTC days, both within). They begin with
-- the first on which it ever gave a result, whatever it was. They end on the day before it was taken away (it left, was revoked
-- or replaced), else on the last of the period on which any probe of its source gave one: a collector that stood still expects
-- nothing. `idle`: those among them on which nothing could come (functions/idle.sql), NULL: none. `silent`: nobody took it away in
-- the period, and it gave nothing at all on the fourteen last days on which something could come.
DROP FUNCTION IF EXISTS probe_expected(date, date);
CREATE FUNCTION probe_expected(first date, last date)
RETURNS TABLE (probe_no int, first_day date, last_day date, silent boolean, idle datemultirange)
LANGUAGE sql STABLE AS $$
    WITH seen AS (
        SELECT p.probe_no, p.source, p.simulated,
               (SELECT min(d.day) FROM rollup_day d WHERE d.probe_no = p.probe_no) AS begun,
               (SELECT max(d.day) FROM rollup_day d WHERE d.probe_no = p.probe_no AND d.day BETWEEN first AND last) AS heard,
               -- The surroundings of one that was replaced end.
               (least(p.revoked_at, (SELECT max(c.valid_to) FROM probe_context c WHERE c.probe_no = p.probe_no))
                AT TIME ZONE 'UTC')::date AS gone
        FROM probe p
    ), ended AS (
        SELECT s.*, max(s.heard) OVER (PARTITION BY s.source, s.simulated) AS latest FROM seen s
    )
    SELECT e.probe_no, greatest(first, e.begun), least(e.latest, e.gone - 1),
           coalesce(e.gone, 'infinity') > last
           AND e.latest - e.heard - coalesce(days_before(i.days, e.latest + 1) - days_before(i.days, e.heard), 0) >= 14, i.days
    FROM ended e
    LEFT JOIN probe_idle(first, last) i USING (probe_no)
    WHERE e.heard IS NOT NULL
$$;
REVOKE EXECUTE ON FUNCTION probe_expected FROM PUBLIC;
