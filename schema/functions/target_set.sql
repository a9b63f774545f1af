-- Sets of targets: "domestic" has one in each operator's network where somebody knows one, "abroad" has places; each version
-- of a set stays as it was.

-- The sets of the country packs. A version that is known changes no more. Another one counts from the year on that it names,
-- or from the next: within a year all days are measured to the same. What answers from many places (anycast) is no place
-- abroad.
CREATE OR REPLACE FUNCTION target_set_seed(packs jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    pack record;
    year int;
BEGIN
    FOR pack IN SELECT c.key AS country, c.value->'targets' AS set FROM jsonb_each(packs) c WHERE c.value ? 'targets' LOOP
        year := coalesce((pack.set->>'since')::int, CASE WHEN EXISTS (SELECT FROM target_set s WHERE s.country = pack.country)
                                                         THEN extract(year FROM now() AT TIME ZONE 'UTC')::int + 1 END, 0);
        INSERT INTO target_set (country, version, since) VALUES (pack.country, (pack.set->>'version')::int, year)
        ON CONFLICT DO NOTHING;
        CONTINUE WHEN NOT FOUND;
        INSERT INTO target_member (country, version, scope, target, operator, place)
        SELECT pack.country, (pack.set->>'version')::int, m.scope, m.target->>'name', m.target->>'operator', m.target->>'place'
        FROM (SELECT 'domestic' AS scope, d AS target FROM jsonb_array_elements(pack.set->'domestic') d
              UNION ALL
              SELECT 'abroad', a FROM jsonb_array_elements(pack.set->'abroad') a WHERE (a->>'unicast')::boolean) m;
        -- Another method: what was told stays told, and figures are made again where that tells of nobody.
        UPDATE told_cell t SET method_version = 0 FROM indicator i
        WHERE i.indicator = t.indicator AND i.target_set IS NOT NULL AND left(t.period, 4)::int >= year
          AND t.key::jsonb->>0 = pack.country;
        UPDATE told_change t SET method_version = 0 FROM indicator i
        WHERE i.indicator = t.indicator AND i.target_set IS NOT NULL AND left(t.to_period, 4)::int >= year AND t.country = pack.country;
        PERFORM years_stale('method', NULL, make_date(greatest(year, 1), 1, 1));
        PERFORM target_seed((SELECT jsonb_agg(jsonb_build_object('name', d->>'name', 'kind', d->>'kind', 'country', pack.country))
                             FROM jsonb_array_elements(pack.set->'domestic') d));
        PERFORM target_seed((SELECT jsonb_agg(jsonb_build_object('name', a->>'name', 'kind', 'abroad'))
                             FROM jsonb_array_elements(pack.set->'abroad') a));
    END LOOP;
END
$$;

-- The version of a country's set to which a year is measured; NULL when it has none.
CREATE OR REPLACE FUNCTION target_set_in(of_country text, of_year int) RETURNS int
LANGUAGE sql STABLE AS $$
    SELECT s.version FROM target_set s WHERE s.country = of_country AND s.since <= of_year ORDER BY s.since DESC, s.version DESC LIMIT 1
$$;

-- Notes to which set the figures of a year that were made were measured. One that stands from before keeps its own.
CREATE OR REPLACE FUNCTION target_set_note(of_year int) RETURNS void
LANGUAGE sql AS $$
    UPDATE indicator_value v
    SET target_set = s.version, method = v.method_version || '/targets ' || s.version
    FROM indicator i, target_set s
    WHERE v.computed AND v.period = of_year::text AND v.target_set IS NULL
      AND i.indicator = v.indicator AND i.target_set IS NOT NULL AND i.method_version = v.method_version
      AND s.country = v.country AND s.version = target_set_in(v.country, of_year)
$$;

-- Notes where some probe-days found the targets of sets. What was found: the place of the probe-day in the list, the target, the
-- family and the address; once each, or more often.
CREATE OR REPLACE FUNCTION target_origin_note(days date[], probes int[], places bigint[], targets int[], families smallint[], addrs inet[])
RETURNS void
LANGUAGE sql AS $$
    DELETE FROM rollup_day_origin o USING unnest(days, probes) AS d (day, probe_no) WHERE o.probe_no = d.probe_no AND o.day = d.day;
    WITH found AS MATERIALIZED (
        SELECT f.place, f.target_no, f.af, f.addr
        FROM unnest(places, targets, families, addrs) AS f (place, target_no, af, addr)
        WHERE f.target_no IN (SELECT t.target_no FROM target_member m JOIN target t ON t.name = m.target)
    ), origin AS MATERIALIZED (
        SELECT a.addr, origin_of(a.addr) AS asns FROM (SELECT DISTINCT addr FROM found) AS a
    )
    INSERT INTO rollup_day_origin (day, probe_no, target_no, af, asns)
    SELECT days[f.place], probes[f.place], f.target_no, f.af, array_agg(DISTINCT asn ORDER BY asn)
    FROM found f
    JOIN origin o USING (addr)
    CROSS JOIN LATERAL unnest(o.asns) AS asn
    GROUP BY f.place, f.target_no, f.af
$$;
DROP FUNCTION IF EXISTS target_origin_note(date[], int[]);

-- A number of pings, the round trip if none is said, to the set of the probe's country, as day_number has it, from `first` to the
-- day before `last`. own: to a target in the network of the probe's operator, as the pack or the address says: what never leaves a
-- network says nothing of the country.
DROP FUNCTION IF EXISTS target_bucket(date, date, text);
CREATE OR REPLACE FUNCTION target_bucket(first date, last date, of_scope text, of_metric text DEFAULT 'rtt_p50_ms')
RETURNS TABLE (day date, probe_no int, af smallint, buckets smallint[], counts int[], failed int, own boolean)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    PERFORM place_year_make(target_bucket.first, target_bucket.last - 1);
    RETURN QUERY
    WITH found AS MATERIALIZED (
        SELECT b.day, b.probe_no, b.target_no, b.af, b.buckets, b.counts, b.failed, t.name AS target
        FROM day_number b
        JOIN target t USING (target_no)
        WHERE b.check_name = 'ping' AND b.metric = of_metric AND b.day >= target_bucket.first AND b.day < target_bucket.last
          AND t.name IN (SELECT m.target FROM target_member m WHERE m.scope = of_scope)
    ), stands AS (
        SELECT y.day, y.probe_no, y.country, y.operator, extract(year FROM y.day)::int AS year
        FROM pg_temp.place_year y
        WHERE (y.first, y.last) = (target_bucket.first, target_bucket.last - 1)
    ), place AS MATERIALIZED (
        SELECT s.day, s.probe_no, s.country, s.operator, o.asns, v.version
        FROM stands s
        JOIN (SELECT c.country, c.year, target_set_in(c.country, c.year) AS version FROM (SELECT DISTINCT country, year FROM stands) c) v
            USING (country, year)
        LEFT JOIN operator o ON o.country = s.country AND o.name = s.operator
    )
    SELECT f.day, f.probe_no, f.af, f.buckets, f.counts, f.failed, coalesce(m.operator = p.operator, false) OR coalesce(o.asns && p.asns, false)
    FROM found f
    JOIN place p ON p.day = f.day AND p.probe_no = f.probe_no
    JOIN target_member m ON m.country = p.country AND m.version = p.version AND m.scope = of_scope AND m.target = f.target
    LEFT JOIN rollup_day_origin o ON o.probe_no = f.probe_no AND o.day = f.day AND o.target_no = f.target_no AND o.af = f.af;
END
$$;
REVOKE EXECUTE ON FUNCTION target_set_seed, target_set_in, target_set_note, target_origin_note, target_bucket FROM PUBLIC;
