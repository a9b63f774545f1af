-- Where the probes of a period from `first` to `last` (UTC days, both within) stood on each day with results, as refresh has it for all
-- indicators: made once in a transaction, which it ends with. place_on (functions/day.sql) looks at one day of one probe.
CREATE OR REPLACE FUNCTION place_year_make(of_first date, of_last date) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF to_regclass('pg_temp.place_year') IS NULL THEN
        CREATE TEMP TABLE place_year (
            first date, last date, day date, probe_no int, country text, department text, operator text, technology text,
            zone text
        ) ON COMMIT DROP;
    ELSIF EXISTS (SELECT FROM pg_temp.place_year y WHERE (y.first, y.last) = (of_first, of_last)) THEN
        RETURN;
    END IF;
    INSERT INTO pg_temp.place_year
    SELECT of_first, of_last, d.day, d.probe_no, x.country, x.department, x.operator, x.technology, x.zone
    FROM (SELECT DISTINCT r.day, r.probe_no FROM rollup_day r WHERE r.day BETWEEN of_first AND of_last) d
    CROSS JOIN LATERAL place_on(d.probe_no, d.day) x;
    ANALYZE pg_temp.place_year;
END
$$;
REVOKE EXECUTE ON FUNCTION place_year_make FROM PUBLIC;
