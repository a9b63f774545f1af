-- Days by cell (migrations/0032_cell.sql): which have to be made again. Their rows are the collector's (collector/figure/cell_day.c).

-- Puts probe-days into the cells where they lie now, and lists them in these cells and in those they lay in: each probe-day
-- whose results are made again, and one whose surroundings become others. One without results lies in none.
CREATE OR REPLACE FUNCTION cell_note(days date[], probes int[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    WITH gone AS (
        DELETE FROM rollup_line l USING unnest(days, probes) AS d (day, probe_no)
        WHERE l.probe_no = d.probe_no AND l.day = d.day
        RETURNING l.day, l.cell_no, l.probe_no
    )
    INSERT INTO rollup_cell_dirty (day, cell_no, probe_no) SELECT g.day, g.cell_no, g.probe_no FROM gone g;
    WITH line AS MATERIALIZED (
        SELECT d.day, d.probe_no, p.source, p.simulated, x.country, x.department, x.zone, x.known_no, x.technology
        FROM (SELECT DISTINCT u.day, u.probe_no FROM unnest(days, probes) AS u (day, probe_no)) AS d
        JOIN probe p USING (probe_no)
        LEFT JOIN LATERAL place_on(d.probe_no, d.day) x ON true
        WHERE EXISTS (SELECT FROM rollup_day r WHERE r.probe_no = d.probe_no AND r.day = d.day)
    ), fresh AS (
        INSERT INTO rollup_cell (source, simulated, country, department, zone, operator_no, technology)
        SELECT DISTINCT source, simulated, country, department, zone, known_no, technology FROM line l
        WHERE NOT EXISTS (SELECT FROM rollup_cell c WHERE (c.source, c.simulated) = (l.source, l.simulated) AND
                          (c.country, c.department, c.zone, c.operator_no, c.technology)
                          IS NOT DISTINCT FROM (l.country, l.department, l.zone, l.known_no, l.technology))
        RETURNING *
    ), placed AS (
        INSERT INTO rollup_line (day, probe_no, cell_no)
        SELECT l.day, l.probe_no, c.cell_no
        FROM line l
        JOIN (SELECT * FROM rollup_cell UNION ALL SELECT * FROM fresh) c ON (c.source, c.simulated) = (l.source, l.simulated) AND
             (c.country, c.department, c.zone, c.operator_no, c.technology)
             IS NOT DISTINCT FROM (l.country, l.department, l.zone, l.known_no, l.technology)
        ON CONFLICT (probe_no, day) DO UPDATE SET cell_no = excluded.cell_no
        RETURNING day, cell_no, probe_no
    )
    INSERT INTO rollup_cell_dirty (day, cell_no, probe_no) SELECT day, cell_no, probe_no FROM placed;
END
$$;

-- Takes at most `most` cells' days off the list, the earliest first, with the lines of each that changed: the caller makes them
-- again in the same transaction. Cell 0 stands for all lines of a day, which are placed anew first.
DROP FUNCTION IF EXISTS cell_take; -- its columns change from one program to the next
CREATE FUNCTION cell_take(most int) RETURNS TABLE (day date, cell_no int, probe_no int) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    whole date[];
BEGIN
    PERFORM rollup_lock();
    SELECT array_agg(d.day) INTO whole
    FROM (SELECT DISTINCT e.day FROM rollup_cell_dirty e WHERE e.cell_no = 0 ORDER BY e.day LIMIT 7) AS d;
    IF whole IS NOT NULL THEN
        DELETE FROM rollup_cell_dirty e WHERE e.cell_no = 0 AND e.day = ANY (whole);
        PERFORM cell_note(array_agg(l.day), array_agg(l.probe_no))
        FROM (SELECT DISTINCT r.day, r.probe_no FROM rollup_day r WHERE r.day = ANY (whole)
              UNION SELECT o.day, o.probe_no FROM rollup_line o WHERE o.day = ANY (whole)) l;
    END IF;
    RETURN QUERY
    WITH first AS MATERIALIZED (
        SELECT DISTINCT e.day, e.cell_no FROM rollup_cell_dirty e WHERE e.cell_no <> 0 ORDER BY e.day, e.cell_no LIMIT most
    ), taken AS (
        DELETE FROM rollup_cell_dirty e USING first f WHERE e.day = f.day AND e.cell_no = f.cell_no RETURNING e.day, e.cell_no, e.probe_no
    )
    SELECT DISTINCT t.day, t.cell_no, t.probe_no FROM taken t ORDER BY t.day, t.cell_no, t.probe_no;
END
$$;

-- All lines of the days from `first` to `last` are placed anew, and their cells made again: what wrote rollup_day by itself says so.
CREATE OR REPLACE FUNCTION cell_mark(first date, last date) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO rollup_cell_dirty (day, cell_no)
    SELECT d::date, 0 FROM generate_series(first, last, '1 day') d
    WHERE EXISTS (SELECT FROM check_kind k JOIN rollup_day r ON r.check_no = k.check_no AND r.day = d::date)
       OR EXISTS (SELECT FROM rollup_line l WHERE l.day = d::date)
$$;

-- A probe's days are placed anew when it turns out to stand elsewhere, and an operator's when a team says who it is; and made anew, where
-- they may be another line's. Not while a rollup is at it; a probe without days, such as one that enrols, waits for nobody.
CREATE OR REPLACE FUNCTION cell_move(probes int[], first date, last date) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM rollup_line l WHERE l.probe_no = ANY (probes)) THEN
        PERFORM rollup_lock();
        PERFORM cell_note(array_agg(l.day), array_agg(l.probe_no))
        FROM rollup_line l WHERE l.probe_no = ANY (probes) AND l.day BETWEEN first AND last;
    END IF;
    PERFORM line_mark(probes, first, last);
END
$$;

CREATE OR REPLACE FUNCTION cell_mark_place() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM cell_move(array_agg(DISTINCT probe_no), (min(valid_from) AT TIME ZONE 'UTC')::date, (max(valid_to) AT TIME ZONE 'UTC')::date) FROM changed;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER cell_mark_come AFTER INSERT ON probe_context REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION cell_mark_place();
CREATE OR REPLACE TRIGGER cell_mark_other AFTER UPDATE ON probe_context REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION cell_mark_place();

-- Of operators that are others now; not where a pack writes again what is known.
CREATE OR REPLACE FUNCTION cell_mark_operator() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    others int[];
BEGIN
    SELECT array_agg(n.operator_no) INTO others FROM changed n JOIN was USING (operator_no)
    WHERE (n.state, n.merged_into) IS DISTINCT FROM (was.state, was.merged_into);
    IF others IS NOT NULL THEN
        PERFORM cell_move(array_agg(DISTINCT c.probe_no), '-infinity', 'infinity')
        FROM probe_context c JOIN operator o USING (operator_no) WHERE o.operator_no = ANY (others) OR o.merged_into = ANY (others);
    END IF;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER cell_mark AFTER UPDATE ON operator REFERENCING OLD TABLE AS was NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION cell_mark_operator();

-- Targets of another kind: so are the days of lines that measured to them. A catalogue changes many at once: the days, which no
-- target is an index of, are read once for all of them, and not at all where no kind changed.
CREATE OR REPLACE FUNCTION cell_mark_kind() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    others int[];
BEGIN
    SELECT array_agg(n.target_no) INTO others FROM changed n JOIN was USING (target_no) WHERE n.kind IS DISTINCT FROM was.kind;
    IF others IS NOT NULL THEN
        PERFORM rollup_lock();
        INSERT INTO rollup_cell_dirty (day, cell_no, probe_no)
        SELECT DISTINCT d.day, d.cell_no, u.probe_no FROM rollup_cell_day d, unnest(d.probes) AS u (probe_no)
        WHERE d.scope = 'target' AND d.target_no = ANY (others);
    END IF;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER cell_mark_kind AFTER UPDATE ON target REFERENCING OLD TABLE AS was NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION cell_mark_kind();
REVOKE EXECUTE ON FUNCTION cell_note, cell_take, cell_mark, cell_move, cell_mark_place, cell_mark_operator, cell_mark_kind FROM PUBLIC;
