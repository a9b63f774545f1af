-- Days made again from `result`, and the list of days to make.

-- One transaction at a time makes days, of probes or of cells, and moves or takes away what was made: this lock is the rollup's until it
-- ends. Rows of token, probe, probe_context, operator and target are locked before it, as a trigger asks for it where they change
-- (functions/cell.sql), and rows of rollup_* behind it: who has it waits for none of the former, and who asks for it holds none of the latter.
-- So whoever forgets a probe, replaces one, takes simulated ones away or decides on an operator begins with their rows.
CREATE OR REPLACE FUNCTION rollup_lock() RETURNS void
LANGUAGE sql AS $$ SELECT pg_advisory_xact_lock(hashtext('internetmetre rollup')) $$;

-- A probe's results of a UTC day.
CREATE OR REPLACE FUNCTION results_of(of_probe int, on_day date) RETURNS SETOF result
LANGUAGE sql STABLE AS $$
    SELECT * FROM result
    WHERE probe_no = of_probe AND at >= on_day::timestamp AT TIME ZONE 'UTC'
      AND at < (on_day + 1)::timestamp AT TIME ZONE 'UTC'
    OFFSET 0
$$;

-- Takes at most `most` probe-days off the dirty list, the earliest first, and takes away what was made of them: the caller makes
-- them of `result` in the same transaction (collector/figure/rollup.c). Writers append to the list in the transaction that brings
-- the rows, so that every later statement sees the rows of what was listed here, and a day that changes meanwhile is simply
-- listed again. Two callers wait for each other. `late`: retention has taken the month, so that what came is not the whole of
-- the day, which stays as it is.
--
-- The planner knows nothing of such short-lived lists, and its guesses join them the wrong way round: they are arrays.
CREATE OR REPLACE FUNCTION rollup_take(most int)
RETURNS TABLE (day date, probe_no int, source text, simulated boolean, late boolean) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    days     date[];
    probes   int[];
    gone     boolean[];
    of_late  int[];
    of_again int[];
BEGIN
    PERFORM rollup_lock();
    SELECT array_agg(d.day), array_agg(d.probe_no),
           array_agg(EXISTS (SELECT FROM retained t WHERE t.parent = 'result' AND t.month = date_trunc('month', d.day)::date))
    INTO days, probes, gone
    FROM (SELECT DISTINCT e.day, e.probe_no FROM rollup_dirty e ORDER BY e.day, e.probe_no LIMIT most) AS d;
    IF days IS NULL THEN
        RETURN;
    END IF;
    WITH taken AS (
        DELETE FROM rollup_dirty e USING unnest(days, probes, gone) AS d (day, probe_no, gone)
        WHERE e.day = d.day AND e.probe_no = d.probe_no
        RETURNING extract(year FROM e.day)::int AS year, e.again, d.gone
    )
    SELECT array_agg(DISTINCT t.year) FILTER (WHERE NOT t.again), array_agg(DISTINCT t.year) FILTER (WHERE t.again)
    INTO of_late, of_again
    FROM taken t
    WHERE NOT t.gone;
    PERFORM years_stale('late', of_late), years_stale('again', of_again);
    INSERT INTO rollup_late (day, probe_no)
    SELECT d.day, d.probe_no FROM unnest(days, probes, gone) AS d (day, probe_no, gone) WHERE d.gone ON CONFLICT DO NOTHING;
    DELETE FROM rollup_day r USING unnest(days, probes, gone) AS d (day, probe_no, gone)
    WHERE r.probe_no = d.probe_no AND r.day = d.day AND NOT d.gone;
    DELETE FROM rollup_day_sketch r USING unnest(days, probes, gone) AS d (day, probe_no, gone)
    WHERE r.probe_no = d.probe_no AND r.day = d.day AND NOT d.gone;
    DELETE FROM rollup_other r USING unnest(days, probes, gone) AS d (day, probe_no, gone)
    WHERE r.probe_no = d.probe_no AND r.day = d.day AND NOT d.gone;
    DELETE FROM rollup_other_sketch r USING unnest(days, probes, gone) AS d (day, probe_no, gone)
    WHERE r.probe_no = d.probe_no AND r.day = d.day AND NOT d.gone;
    -- That a box was on until midnight is known once the day after has come: where that says more, the day before is made again too.
    INSERT INTO rollup_dirty (day, probe_no, again)
    SELECT b.day, b.probe_no, true FROM unnest(days, probes, gone) AS d (day, probe_no, gone)
    JOIN rollup_watch b ON (b.probe_no, b.day) = (d.probe_no, d.day - 1) AND NOT b.to_midnight
    WHERE NOT d.gone AND line_home(b.probe_no, b.day) @> tstzrange(b.last_at, d.day::timestamp AT TIME ZONE 'UTC')
      AND NOT EXISTS (SELECT FROM retained t WHERE t.parent = 'result' AND t.month = date_trunc('month', b.day)::date);
    DELETE FROM rollup_watch r USING unnest(days, probes, gone) AS d (day, probe_no, gone)
    WHERE r.probe_no = d.probe_no AND r.day = d.day AND NOT d.gone;
    DELETE FROM rollup_hour r USING unnest(days, probes, gone) AS d (day, probe_no, gone)
    WHERE r.probe_no = d.probe_no AND r.day = d.day AND NOT d.gone;
    RETURN QUERY
    SELECT d.day, d.probe_no, p.source, p.simulated, d.gone
    FROM unnest(days, probes, gone) WITH ORDINALITY AS d (day, probe_no, gone, place)
    JOIN probe p USING (probe_no)
    ORDER BY d.place;
END
$$;
DROP FUNCTION IF EXISTS rollup_some(int);

-- Lists every probe-day from `first` to `last` that has results, so that the next rollup makes it again. Days whose
-- results retention has dropped are not listed: their rollups stay.
CREATE OR REPLACE FUNCTION rollup_mark(first date, last date) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    marked bigint;
BEGIN
    INSERT INTO rollup_dirty (day, probe_no, again)
    SELECT DISTINCT (at AT TIME ZONE 'UTC')::date, probe_no, true FROM result
    WHERE at >= first::timestamp AT TIME ZONE 'UTC' AND at < (last + 1)::timestamp AT TIME ZONE 'UTC';
    GET DIAGNOSTICS marked = ROW_COUNT;
    RETURN marked;
END
$$;
REVOKE EXECUTE ON FUNCTION rollup_lock, rollup_take, rollup_mark FROM PUBLIC;
