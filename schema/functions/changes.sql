-- What changed between two versions of a closed year, and why. Version 0 is what refresh made last: the next version, if there is to
-- be one. A figure has changed when what is told of it has, but for how many digits are. `why`: of what the later versions say, that
-- which can have changed this figure.
CREATE OR REPLACE FUNCTION closed_changes(of_year int, older int, newer int)
RETURNS TABLE (indicator text, period text, statistic text, country text, geo text, operator text, technology text, family text,
               zone text, sex text, age_group text, plan text, item text, source text, old_value double precision, new_value double precision,
               unit text, old_floor text, new_floor text, old_method int, new_method int, change text, why text[])
LANGUAGE sql STABLE AS $$
    WITH told AS (
        SELECT f.*, jsonb_build_array(f.indicator, f.period, f.statistic, f.country, f.geo, f.operator, f.technology, f.family, f.zone,
                                      f.sex, f.age_group, f.plan, f.item, f.source) AS key,
               to_jsonb(f) - '{version,edition,latest,stored_at,name_fr,name_en,kind,status,better}'::text[]
               - '{value,low,high,change,change_low,change_high}'::text[] - CASE WHEN f.computed THEN 'retrieved' ELSE '' END AS says,
               ARRAY[f.value, f.low, f.high, f.change, f.change_low, f.change_high] AS numbers, CASE WHEN f.computed THEN i.decimals END AS decimals
        FROM figure_told f
        LEFT JOIN indicator i USING (indicator)
        WHERE f.year = of_year AND f.version IN (older, newer) AND NOT f.simulated -- no versions are made of those
    ), reason AS (
        SELECT unnest(c.why) AS why FROM closed_version c WHERE c.year = of_year AND c.version > older AND c.version <= newer
        UNION
        SELECT d.why FROM closed_due d WHERE d.year = of_year AND newer = 0
    )
    SELECT k.indicator, k.period, k.statistic, k.country, k.geo, k.operator, k.technology, k.family, k.zone, k.sex, k.age_group,
           k.plan, k.item, k.source, o.value, n.value, k.unit, o.floor, n.floor, o.method_version, n.method_version,
           CASE WHEN o.key IS NULL THEN 'new' WHEN n.key IS NULL THEN 'gone' ELSE 'changed' END,
           ARRAY(SELECT r.why FROM reason r
                 WHERE CASE r.why WHEN 'imported' THEN NOT k.computed OR k.source = 'calculated'
                                  WHEN 'method' THEN k.computed AND o.method_version IS DISTINCT FROM n.method_version
                                  ELSE k.computed END
                 ORDER BY r.why)
    FROM (SELECT * FROM told WHERE version = older) o
    FULL JOIN (SELECT * FROM told WHERE version = newer) n USING (key)
    CROSS JOIN LATERAL (SELECT n.* WHERE n.key IS NOT NULL UNION ALL SELECT o.* WHERE n.key IS NULL) k
    WHERE o.says IS DISTINCT FROM n.says OR NOT rounding_alone(o.numbers, n.numbers, n.decimals)
$$;
REVOKE EXECUTE ON FUNCTION closed_changes FROM PUBLIC;
