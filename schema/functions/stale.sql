-- Years whose figures have to be made again. Whatever changes what figures are made of says so here; refresh takes the list.
CREATE OR REPLACE FUNCTION years_stale(years int[]) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO indicator_dirty (year) SELECT DISTINCT unnest(years) ON CONFLICT DO NOTHING
$$;

-- The years in which a probe measured, from a day on; NULL for the probe means any.
CREATE OR REPLACE FUNCTION years_stale(of_probe int, since date) RETURNS void
LANGUAGE sql AS $$
    SELECT years_stale(array_agg(DISTINCT extract(year FROM day)::int)) FROM rollup_day
    WHERE day >= since AND (of_probe IS NULL OR probe_no = of_probe)
$$;
REVOKE EXECUTE ON FUNCTION years_stale(int[]), years_stale(int, date) FROM PUBLIC;
