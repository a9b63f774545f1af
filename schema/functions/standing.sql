-- Which probes count where figures of few lines are hidden, and for which network each.

-- What a probe is worth at a time, in one word:
--   counts   its token was good for one use, or somebody confirmed it
--   waits    whoever had the token could have made it, and as many more as they liked: until somebody confirms it
--   young    enrolled less than seven days before
--   refused  the team revoked it: what it measured is doubted, that of before as well. A probe that its owner took away, or
--            had forgotten, was a good one until then, and goes on counting for those days.
CREATE OR REPLACE FUNCTION standing_of(p probe, at timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN p.revoked_at IS NOT NULL AND coalesce(p.revoked_reason, '') NOT IN ('left', 'forgotten') THEN 'refused'
                WHEN p.confirmed_at IS NULL
                     AND NOT EXISTS (SELECT FROM token t WHERE t.token_no = p.token_no AND t.uses_max = 1) THEN 'waits'
                WHEN p.enrolled_at > at - interval '7 days' THEN 'young'
                ELSE 'counts' END
$$;

-- A prefix with its origins: "192.0.2.0/24 AS64500".
CREATE OR REPLACE FUNCTION network_text(prefix cidr) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT concat_ws(' ', prefix, 'AS' || nullif(array_to_string(origin_of(prefix), '+'), ''))
$$;

-- The prefixes of a source, in the place of those it had before. What stays is left alone: a change makes figures anew.
CREATE OR REPLACE FUNCTION carrier_nat_replace(of_source text, prefixes cidr[]) RETURNS void
LANGUAGE sql AS $$
    DELETE FROM carrier_nat WHERE source = of_source AND prefix <> ALL (prefixes);
    INSERT INTO carrier_nat (prefix, source) SELECT p, of_source FROM unnest(prefixes) p ON CONFLICT DO NOTHING;
$$;

CREATE OR REPLACE FUNCTION carrier_nat_seed(packs jsonb) RETURNS void
LANGUAGE sql AS $$
    SELECT carrier_nat_replace('country-pack', ARRAY(
        SELECT p::cidr FROM jsonb_each(packs) c, jsonb_array_elements_text(c.value->'carrier_nat') p))
$$;

CREATE OR REPLACE FUNCTION carrier_nat_import(prefixes cidr[]) RETURNS void
LANGUAGE sql AS $$
    SELECT carrier_nat_replace('import', prefixes)
$$;
REVOKE EXECUTE ON FUNCTION carrier_nat_replace, carrier_nat_seed, carrier_nat_import FROM PUBLIC;

-- A row a probe, for a period from `first` to `last` (UTC days, both within). `network`: the one from which its household pushed most
-- often, or 'probe:N' for a confirmed one behind carrier NAT; NULL when none was seen. `voucher`: the team whose token let its
-- household's last box in, whoever of it gave their word (else it would be two), or who confirmed that; nobody, but a token good for one
-- use: who hands out the collector's own, as one; nobody at all, the same of itself.
CREATE OR REPLACE FUNCTION probe_standing(first date, last date)
RETURNS TABLE (probe_no int, network text, counts boolean, voucher text)
LANGUAGE sql STABLE AS $$
    WITH seen AS (
        SELECT DISTINCT ON (n.line_no) n.line_no, n.prefix
        FROM (SELECT coalesce(h.household, x.probe_no) AS line_no, x.prefix, sum(x.pushes) AS pushes
              FROM probe_network x LEFT JOIN probe_household h USING (probe_no)
              WHERE x.day BETWEEN first AND last GROUP BY 1, x.prefix) n
        ORDER BY n.line_no, n.pushes DESC, n.prefix
    )
    SELECT p.probe_no,
           CASE WHEN p.confirmed_at IS NOT NULL AND EXISTS (SELECT FROM carrier_nat c WHERE c.prefix >>= s.prefix)
                THEN 'probe:' || coalesce(h.household, p.probe_no)
                WHEN s.prefix IS NOT NULL THEN network_text(s.prefix) END,
           standing_of(p, least((last + 1)::timestamp AT TIME ZONE 'UTC', now())) = 'counts',
           coalesce(lf.name, l.confirmed_by, CASE lt.uses_max WHEN 1 THEN '' END, f.name, p.confirmed_by, CASE t.uses_max WHEN 1 THEN '' END)
    FROM probe p
    LEFT JOIN token t USING (token_no)
    LEFT JOIN focal_point f ON f.focal_point_no = t.focal_point_no
    LEFT JOIN probe_household h USING (probe_no)
    LEFT JOIN probe l ON l.probe_no = h.household
    LEFT JOIN token lt ON lt.token_no = l.token_no
    LEFT JOIN focal_point lf ON lf.focal_point_no = lt.focal_point_no
    LEFT JOIN seen s ON s.line_no = coalesce(h.household, p.probe_no)
$$;
REVOKE EXECUTE ON FUNCTION probe_standing FROM PUBLIC;

-- Somebody's word that there is a household behind a probe, or that word taken back. Said once more it changes nothing: the
-- first one's word stays. Returns whether it did.
CREATE OR REPLACE FUNCTION probe_confirm(of_probe text, by_whom text, undo boolean) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    no int;
BEGIN
    UPDATE probe SET confirmed_at = CASE WHEN NOT undo THEN now() END, confirmed_by = CASE WHEN NOT undo THEN by_whom END
    WHERE probe = of_probe AND (confirmed_at IS NULL) <> undo
    RETURNING probe_no INTO no;
    IF no IS NULL THEN
        RETURN false;
    END IF;
    INSERT INTO probe_change (probe_no, who, key, value) VALUES (no, by_whom, 'confirmed', CASE WHEN NOT undo THEN 'yes' END);
    RETURN true;
END
$$;
REVOKE EXECUTE ON FUNCTION probe_confirm FROM PUBLIC;
