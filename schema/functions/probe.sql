-- What a probe that is to be forgotten measured to its member's own targets stays in its days, of which figures are made, and their
-- names do not: nameless ones with numbers below zero stand in for them, the same for all probes. (The dictionary keeps a name, which
-- writers have in memory, but no longer whose it was. One that the collector's operator has given a kind is no member's.)
CREATE OR REPLACE FUNCTION target_unname(no int) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    own record;
BEGIN
    FOR own IN
        SELECT u.target_no, least(min(u.target_no) OVER (), 0) - row_number() OVER (ORDER BY u.target_no DESC) AS instead
        FROM (SELECT DISTINCT d.target_no FROM rollup_day d WHERE d.probe_no = no) u
        JOIN target t USING (target_no)
        WHERE NOT t.ours AND t.kind IS NULL
    LOOP
        CONTINUE WHEN own.target_no < 0;
        -- Longer than any name that a probe may tell.
        INSERT INTO target (target_no, name) OVERRIDING SYSTEM VALUE VALUES (own.instead, rpad('forgotten ' || -own.instead, 300))
        ON CONFLICT DO NOTHING;
        UPDATE rollup_day d SET target_no = own.instead WHERE d.probe_no = no AND d.target_no = own.target_no;
        UPDATE rollup_day_sketch d SET target_no = own.instead WHERE d.probe_no = no AND d.target_no = own.target_no;
    END LOOP;
    IF FOUND THEN -- days by cell and target are made of the sketches
        INSERT INTO rollup_cell_dirty (day, cell_no, probe_no)
        SELECT l.day, l.cell_no, l.probe_no FROM rollup_line l WHERE l.probe_no = no;
    END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION target_unname FROM PUBLIC;

-- Deletes what a probe sent, who owns it and what they typed of themselves, and keeps its name out for ever. What was published of it (rollups and
-- figures) stays, and so do the small keys of its batches. Returns whether the probe was known. Waits for the
-- transactions that are storing batches of it; those that come later find it forgotten (ledger_note). Then for a rollup that is making
-- days of it, which would write them after all.
CREATE OR REPLACE FUNCTION probe_forget(of_probe text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    no int;
BEGIN
    INSERT INTO tombstone (probe) VALUES (of_probe) ON CONFLICT DO NOTHING;
    SELECT p.probe_no INTO no FROM probe p WHERE p.probe = of_probe FOR UPDATE;
    IF no IS NULL THEN
        RETURN false;
    END IF;
    PERFORM rollup_lock();
    -- Of one that the team had revoked, the days that stay are doubted as before (standing_of).
    UPDATE probe p SET forgotten_at = coalesce(p.forgotten_at, now()), revoked_at = coalesce(p.revoked_at, now()),
        revoked_reason = CASE WHEN p.revoked_at IS NULL OR p.revoked_reason IN ('left', 'forgotten') THEN 'forgotten'
                              ELSE 'refused, then forgotten' END
    WHERE p.probe_no = no;
    DELETE FROM batch_body b WHERE b.probe_no = no;
    DELETE FROM result r WHERE r.probe_no = no;
    DELETE FROM result_problem r WHERE r.probe_no = no;
    DELETE FROM delegation_server s WHERE s.probe_no = no;
    DELETE FROM probe_contact c WHERE c.probe_no = no;
    DELETE FROM probe_owner o WHERE o.probe_no = no;
    DELETE FROM project_again a WHERE a.probe_no = no;
    DELETE FROM boot b WHERE b.probe_no = no;
    DELETE FROM epoch e WHERE e.probe_no = no;
    DELETE FROM probe_network n WHERE n.probe_no = no;
    DELETE FROM series_line l WHERE l.probe_no = no;
    DELETE FROM probe_change c WHERE c.probe_no = no;
    DELETE FROM rollup_late l WHERE l.probe_no = no;
    DELETE FROM rollup_hour h WHERE h.probe_no = no;
    -- Of when it was watched that stays which figures are made of: days, over midnight, but no hours.
    UPDATE rollup_watch w SET watched_us = d.watched_us, down_us = d.down_us, cuts = d.cuts, first_at = NULL, last_at = NULL,
        from_midnight = NULL, to_midnight = NULL, opens_us = NULL, opens_tests = NULL, opens_target = NULL, closes_us = NULL,
        closes_tests = NULL, closes_target = NULL
    FROM day_watch d
    WHERE w.probe_no = no AND (d.probe_no, d.day) = (w.probe_no, w.day);
    -- No figure is made of what it measured on other lines.
    DELETE FROM rollup_other o WHERE o.probe_no = no;
    DELETE FROM rollup_other_sketch o WHERE o.probe_no = no;
    UPDATE probe_context c SET commune = NULL, site = NULL, tariff = NULL, operator_no = k.known_no
    FROM probe_context x LEFT JOIN known_operator k USING (operator_no)
    WHERE c.probe_no = no AND x.probe_no = no AND x.valid_from = c.valid_from;
    PERFORM target_unname(no);
    -- But for one that a team is deciding on now, who may wait for the rollup's lock.
    DELETE FROM operator o WHERE o.operator_no IN (
        SELECT w.operator_no FROM operator w
        WHERE w.state = 'waits' AND NOT EXISTS (SELECT FROM probe_context c WHERE c.operator_no = w.operator_no) FOR UPDATE SKIP LOCKED);
    DELETE FROM rollup_dirty d WHERE d.probe_no = no; -- else the next rollup would empty its days
    RETURN true;
END
$$;
REVOKE EXECUTE ON FUNCTION probe_forget FROM PUBLIC;

-- Is it this probe's turn, which only grows? The same once more is the same wish, whose answer was lost.
CREATE OR REPLACE FUNCTION probe_turn(of_probe text, told bigint) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH told AS (UPDATE probe SET turn = told WHERE probe = of_probe AND turn <= told RETURNING 1)
    SELECT EXISTS (SELECT FROM told)
$$;
REVOKE EXECUTE ON FUNCTION probe_turn FROM PUBLIC;

-- A probe that its owner takes away: nothing more is accepted of it.
CREATE OR REPLACE FUNCTION probe_leave(of_probe text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE probe SET revoked_at = now(), revoked_reason = 'left' WHERE probe = of_probe AND revoked_at IS NULL
$$;
REVOKE EXECUTE ON FUNCTION probe_leave FROM PUBLIC;

-- A new box in the place of an old one: the surroundings that were not told again are the old one's.
CREATE OR REPLACE FUNCTION probe_replace(old_no int, new_no int, told_metered boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE probe SET replaced_by = new_no WHERE probe_no = old_no AND old_no <> new_no;
    UPDATE probe_context n
    SET department = coalesce(n.department, CASE WHEN n.country = o.country THEN o.department END),
        commune = coalesce(n.commune, o.commune), zone = coalesce(n.zone, o.zone), site = coalesce(n.site, o.site),
        operator_no = coalesce(n.operator_no, o.operator_no), technology = coalesce(n.technology, o.technology),
        tariff = coalesce(n.tariff, o.tariff), metered = CASE WHEN told_metered THEN n.metered ELSE o.metered END
    FROM probe_context o
    WHERE n.probe_no = new_no AND n.valid_to = 'infinity' AND o.probe_no = old_no
      AND o.valid_from = (SELECT max(x.valid_from) FROM probe_context x WHERE x.probe_no = old_no);
    INSERT INTO probe_contact (probe_no, contact)
    SELECT new_no, contact FROM probe_contact WHERE probe_no = old_no ON CONFLICT DO NOTHING;
    UPDATE probe_context SET valid_to = now() WHERE probe_no = old_no AND valid_to = 'infinity' AND valid_from < now();
END
$$;
REVOKE EXECUTE ON FUNCTION probe_replace FROM PUBLIC;
SELECT allow('EXECUTE ON FUNCTION probe_forget, probe_turn, probe_leave, probe_replace', 'ingest');
