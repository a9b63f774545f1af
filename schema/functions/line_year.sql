-- The lines of a period from `first` to `last` (UTC days, both within), as refresh has them for all indicators: made once in a
-- transaction, which they end with. Whether a line counts (functions/standing.sql) and what was expected of it (functions/expected.sql)
-- is the same for each of them, and takes seconds.
CREATE OR REPLACE FUNCTION line_year_make(of_first date, of_last date) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF to_regclass('pg_temp.line_year') IS NULL THEN
        CREATE TEMP TABLE line_year (
            first date, last date, probe_no int, network text, voucher text, counts boolean, first_day date, last_day date, silent boolean,
            idle datemultirange
        ) ON COMMIT DROP;
    ELSIF EXISTS (SELECT FROM pg_temp.line_year y WHERE (y.first, y.last) = (of_first, of_last)) THEN
        RETURN;
    END IF;
    INSERT INTO pg_temp.line_year
    SELECT of_first, of_last, s.probe_no, s.network, s.voucher, s.counts, e.first_day, e.last_day, e.silent, e.idle
    FROM probe_standing(of_first, of_last) s
    JOIN probe_expected(of_first, of_last) e USING (probe_no);
    ANALYZE pg_temp.line_year;
END
$$;
REVOKE EXECUTE ON FUNCTION line_year_make FROM PUBLIC;
