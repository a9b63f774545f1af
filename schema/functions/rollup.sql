-- Days made again from `result`, and the list of days to make.

-- A probe's results of a UTC day.
CREATE OR REPLACE FUNCTION results_of(of_probe int, on_day date) RETURNS SETOF result
LANGUAGE sql STABLE AS $$
    SELECT * FROM result
    WHERE probe_no = of_probe AND at >= on_day::timestamp AT TIME ZONE 'UTC'
      AND at < (on_day + 1)::timestamp AT TIME ZONE 'UTC'
    OFFSET 0
$$;

-- Does an outcome say something of the network? The last three (denied, skipped, error) say something of the box alone, whatever
-- numbers stand beside them.
CREATE OR REPLACE FUNCTION outcome_measured(outcome smallint) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT outcome < 10
$$;

-- Takes at most `most` entries off the dirty list and makes the probe-days they name: what was there goes, what `result`
-- says comes. Returns how many entries it took. Writers append to the list in the transaction that brings the rows, so a
-- day that changes meanwhile is simply listed again. Sums run over sorted values: a rebuild adds in the same order and
-- gives equal sums.
--
-- The planner knows nothing of such short-lived lists, and its guesses join them the wrong way round: entries go by
-- their place (ctid), and OFFSET 0 keeps the look-up of a probe-day's results one scan of an index each.
CREATE OR REPLACE FUNCTION rollup_some(most int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    entries tid[];
    days    date[];
    probes  int[];
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('internetmetre rollup'));
    -- Sorted, so that all entries of a probe-day but the last one's are taken together.
    SELECT array_agg(e.ctid) INTO entries
    FROM (SELECT ctid FROM rollup_dirty ORDER BY day, probe_no LIMIT most) AS e;
    IF entries IS NULL THEN
        RETURN 0;
    END IF;
    SELECT array_agg(d.day), array_agg(d.probe_no) INTO days, probes
    FROM (SELECT DISTINCT day, probe_no FROM rollup_dirty WHERE ctid = ANY (entries)) AS d
    -- What comes late for a month that retention has taken away is not the whole of its days: those stay as they are,
    -- and are listed.
    WHERE NOT EXISTS (SELECT FROM retained t WHERE t.parent = 'result' AND t.month = date_trunc('month', d.day)::date);
    INSERT INTO rollup_late (day, probe_no)
    SELECT DISTINCT day, probe_no FROM rollup_dirty d WHERE ctid = ANY (entries) AND (day, probe_no) NOT IN (
        SELECT * FROM unnest(days, probes))
    ON CONFLICT DO NOTHING;
    PERFORM years_stale(CASE WHEN e.again THEN 'again' ELSE 'late' END, array_agg(DISTINCT extract(year FROM e.day)::int))
    FROM (SELECT day, probe_no, again FROM rollup_dirty WHERE ctid = ANY (entries) OFFSET 0) AS e
    WHERE (e.day, e.probe_no) IN (SELECT * FROM unnest(days, probes))
    GROUP BY e.again;
    DELETE FROM rollup_dirty WHERE ctid = ANY (entries);

    DELETE FROM rollup_day r USING unnest(days, probes) AS d (day, probe_no)
    WHERE r.probe_no = d.probe_no AND r.day = d.day;
    DELETE FROM rollup_day_sketch r USING unnest(days, probes) AS d (day, probe_no)
    WHERE r.probe_no = d.probe_no AND r.day = d.day;

    -- 0 stands for "no target" and "no address" while rows are grouped and joined.
    INSERT INTO rollup_day (day, probe_no, check_no, target_no, af, source, simulated, ok, partial, timeout, refused,
                            unreachable, reset, dns_error, tls_error, protocol_error, blocked, denied, skipped, error,
                            bytes, n, sum, min, max)
    WITH picked AS (
        SELECT d.day, r.probe_no, r.check_no, coalesce(r.target_no, 0) AS target, coalesce(r.af, 0) AS family,
               r.outcome, r.bytes, r.metrics, r.exact
        FROM unnest(days, probes) AS d (day, probe_no)
        CROSS JOIN LATERAL results_of(d.probe_no, d.day) r
    ), counted AS (
        SELECT day, probe_no, check_no, target, family,
               count(*) FILTER (WHERE outcome = 0) AS ok, count(*) FILTER (WHERE outcome = 1) AS partial,
               count(*) FILTER (WHERE outcome = 2) AS timeout, count(*) FILTER (WHERE outcome = 3) AS refused,
               count(*) FILTER (WHERE outcome = 4) AS unreachable, count(*) FILTER (WHERE outcome = 5) AS reset,
               count(*) FILTER (WHERE outcome = 6) AS dns_error, count(*) FILTER (WHERE outcome = 7) AS tls_error,
               count(*) FILTER (WHERE outcome = 8) AS protocol_error, count(*) FILTER (WHERE outcome = 9) AS blocked,
               count(*) FILTER (WHERE outcome = 10) AS denied, count(*) FILTER (WHERE outcome = 11) AS skipped,
               count(*) FILTER (WHERE outcome = 12) AS error, sum(bytes) AS bytes
        FROM picked
        GROUP BY day, probe_no, check_no, target, family
    ), by_metric AS (
        SELECT day, probe_no, check_no, target, family, m.position, count(m.value)::int AS n,
               sum(coalesce(m.exact, m.value) ORDER BY coalesce(m.exact, m.value)) AS sum, min(m.value) AS min,
               max(m.value) AS max
        FROM picked, unnest(metrics, exact) WITH ORDINALITY AS m (value, exact, position)
        WHERE outcome_measured(outcome)
        GROUP BY day, probe_no, check_no, target, family, m.position
    ), in_arrays AS (
        SELECT day, probe_no, check_no, target, family, array_agg(n ORDER BY position) AS n,
               array_agg(sum ORDER BY position) AS sum, array_agg(min ORDER BY position) AS min,
               array_agg(max ORDER BY position) AS max
        FROM by_metric
        GROUP BY day, probe_no, check_no, target, family
    )
    SELECT c.day, c.probe_no, c.check_no, nullif(c.target, 0), nullif(c.family, 0), p.source, p.simulated, c.ok,
           c.partial, c.timeout, c.refused, c.unreachable, c.reset, c.dns_error, c.tls_error, c.protocol_error,
           c.blocked, c.denied, c.skipped, c.error, c.bytes, coalesce(a.n, '{}'), coalesce(a.sum, '{}'),
           coalesce(a.min, '{}'), coalesce(a.max, '{}')
    FROM counted c
    JOIN probe p USING (probe_no)
    LEFT JOIN in_arrays a USING (day, probe_no, check_no, target, family);

    INSERT INTO rollup_day_sketch (day, probe_no, check_no, target_no, af, position, ok, buckets, counts)
    WITH bucketed AS (
        SELECT d.day, r.probe_no, r.check_no, r.target_no, r.af, k.position, r.outcome = 0 AS ok,
               CASE k.kind WHEN 'category' THEN greatest(-32768, least(32767, m.value))::smallint
                           ELSE sketch_bucket(m.value) END AS bucket,
               count(*)::int AS n
        FROM unnest(days, probes) AS d (day, probe_no)
        CROSS JOIN LATERAL results_of(d.probe_no, d.day) r
        CROSS JOIN LATERAL unnest(r.metrics) WITH ORDINALITY AS m (value, position)
        JOIN metric k ON k.check_no = r.check_no AND k.position = m.position AND k.kind <> 'count'
        WHERE m.value IS NOT NULL AND outcome_measured(r.outcome)
        GROUP BY d.day, r.probe_no, r.check_no, r.target_no, r.af, k.position, r.outcome = 0, bucket
    )
    SELECT day, probe_no, check_no, target_no, af, position, ok, array_agg(bucket ORDER BY bucket),
           array_agg(n ORDER BY bucket)
    FROM bucketed
    GROUP BY day, probe_no, check_no, target_no, af, position, ok;

    PERFORM target_origin_note(days, probes);
    RETURN cardinality(entries);
END
$$;

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
REVOKE EXECUTE ON FUNCTION rollup_some, rollup_mark FROM PUBLIC;
