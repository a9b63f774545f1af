-- Years whose figures have to be made again, and why. Whatever changes what figures are made of says so here; refresh takes the list.
--   late          results came
--   again         results were read once more: rebuild, rollup --from, a registry that understands more
--   surroundings  probe set
--   operator      a team said whom members mean
--   standing      a probe began to count, or ceased to
--   method        another method version
--   floor         the publication floor was lifted, or put back
--   imported      figures of other sources came (functions/closing.sql)
--   compared      the year is over, and so far as to be compared with the one before (functions/change.sql)
--   asked         somebody wrote it into the list
-- Each transaction has rows of its own: who takes the list before it ends does not see them, and leaves them. With one row for all, what
-- is said while another's word is taken would be gone with it, before what it is about can be seen.
CREATE OR REPLACE FUNCTION years_stale(reason text, years int[]) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO indicator_dirty (year, why)
    SELECT DISTINCT y, reason FROM unnest(years) AS y
    WHERE NOT EXISTS (SELECT FROM indicator_dirty d WHERE (d.year, d.why) = (y, reason) AND d.xmin = pg_current_xact_id()::xid)
$$;

-- The years in which a probe measured, from a day on; NULL for the probe means any.
CREATE OR REPLACE FUNCTION years_stale(reason text, of_probe int, since date) RETURNS void
LANGUAGE sql AS $$
    SELECT years_stale(reason, array_agg(DISTINCT extract(year FROM day)::int)) FROM rollup_day
    WHERE day >= since AND (of_probe IS NULL OR probe_no = of_probe)
$$;
REVOKE EXECUTE ON FUNCTION years_stale(text, int[]), years_stale(text, int, date) FROM PUBLIC;
