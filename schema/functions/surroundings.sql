-- What a team knows better of a probe than the probe: set from a time on, and until what is said there now ends to hold.

-- `wish` has a member a key: {"operator": {"column": "operator_no", "value": 3, "shown": "MTN Bénin"}}. From `since` on, or the
-- beginning of what is known when that is later, each column gets its value in all rows up to the first in which it is
-- another than at `since`: a move that was told goes on to count. Rows are split there and joined again where they have
-- become alike. What changed is noted with a name, and the years from there on are made again. Returns the keys that
-- changed; NULL when nothing is known of the probe from then on.
CREATE OR REPLACE FUNCTION probe_set(of_probe text, wish jsonb, since timestamptz, by_whom text, for_reason text) RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
    no      int;
    start   timestamptz;
    cut     probe_context;
    said    record;
    old     jsonb;
    until   timestamptz;
    changed text[] := '{}';
BEGIN
    SELECT p.probe_no INTO no FROM probe p WHERE p.probe = of_probe FOR UPDATE;
    SELECT greatest(since, min(c.valid_from)) INTO start FROM probe_context c WHERE c.probe_no = no HAVING max(c.valid_to) > since;
    IF start IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT * INTO cut FROM probe_context c WHERE c.probe_no = no AND c.valid_from < start AND c.valid_to > start;
    IF FOUND THEN
        UPDATE probe_context c SET valid_to = start WHERE c.probe_no = no AND c.valid_from = cut.valid_from;
        cut.valid_from := start;
        INSERT INTO probe_context SELECT cut.*;
    END IF;
    FOR said IN SELECT w.key, w.value->>'column' AS name, w.value->'value' AS value, w.value->>'shown' AS shown FROM jsonb_each(wish) w LOOP
        SELECT to_jsonb(c)->said.name INTO old FROM probe_context c WHERE c.probe_no = no AND c.valid_from >= start
        ORDER BY c.valid_from LIMIT 1;
        CONTINUE WHEN old = said.value;
        SELECT coalesce(min(c.valid_from), 'infinity') INTO until FROM probe_context c
        WHERE c.probe_no = no AND c.valid_from >= start AND to_jsonb(c)->said.name <> old;
        UPDATE probe_context c
        SET (department, commune, zone, site, operator_no, technology, focal_point_no, tariff, metered)
            = (SELECT n.department, n.commune, n.zone, n.site, n.operator_no, n.technology, n.focal_point_no, n.tariff, n.metered
               FROM jsonb_populate_record(c, jsonb_build_object(said.name, said.value)) n)
        WHERE c.probe_no = no AND c.valid_from >= start AND c.valid_from < until;
        INSERT INTO probe_change (probe_no, who, key, value, valid_from, why)
        VALUES (no, by_whom, said.key, said.shown, start, for_reason);
        changed := changed || said.key;
    END LOOP;
    PERFORM context_join(no);
    IF changed <> '{}' THEN
        PERFORM years_stale('surroundings', no, (start AT TIME ZONE 'UTC')::date);
    END IF;
    RETURN changed;
END
$$;
REVOKE EXECUTE ON FUNCTION probe_set FROM PUBLIC;

-- Rows of a probe that follow each other and say the same become one.
CREATE OR REPLACE FUNCTION context_join(no int) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    kept probe_context;
    c    probe_context;
BEGIN
    FOR c IN SELECT * FROM probe_context x WHERE x.probe_no = no ORDER BY x.valid_from LOOP
        IF kept.valid_to = c.valid_from
           AND to_jsonb(kept) - '{valid_from,valid_to}'::text[] = to_jsonb(c) - '{valid_from,valid_to}'::text[] THEN
            DELETE FROM probe_context x WHERE x.probe_no = no AND x.valid_from = c.valid_from;
            UPDATE probe_context x SET valid_to = c.valid_to WHERE x.probe_no = no AND x.valid_from = kept.valid_from;
            kept.valid_to := c.valid_to;
        ELSE
            kept := c;
        END IF;
    END LOOP;
END
$$;
REVOKE EXECUTE ON FUNCTION context_join FROM PUBLIC;
