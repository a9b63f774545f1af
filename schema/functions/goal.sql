-- Goals: what was to be reached by when, and how a country stands.

-- A text as tsv_records reads it; a country * stands for every pack. In the place of those before.
CREATE OR REPLACE FUNCTION goal_seed(goals text) RETURNS void
LANGUAGE sql AS $$
    DELETE FROM goal;
    INSERT INTO goal
    SELECT (jsonb_populate_record(NULL::goal, r || jsonb_build_object('country', c.iso))).*
    FROM tsv_records(goals) r
    JOIN country c ON r->>'country' IN (c.iso, '*')
$$;

-- The last day of a year, a half-year, a quarter or a month.
CREATE OR REPLACE FUNCTION period_end(period text) RETURNS date
LANGUAGE sql IMMUTABLE AS $$
    SELECT (make_date(left(period, 4)::int, 1, 1)
            + make_interval(months => CASE substr(period, 6, 1) WHEN '' THEN 12 WHEN 'S' THEN 6 * right(period, 1)::int
                                                                WHEN 'Q' THEN 3 * right(period, 1)::int ELSE right(period, 2)::int END)
            - interval '1 day')::date
$$;

-- Parity is reached between 0.98 and 1.02 of it (ITU, Facts and Figures 2023, "The gender digital divide").
CREATE OR REPLACE FUNCTION goal_met(compared text, value double precision, wanted double precision) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE compared WHEN 'at least' THEN value >= wanted WHEN 'at most' THEN value <= wanted
                         ELSE value BETWEEN 0.98 * wanted AND 1.02 * wanted END
$$;

-- How every goal stood at the end of a year, by each source that has a value. The pace is a straight line from the source's first value
-- since the goal was set, made as the last one is (one method, one set of targets), to what is wanted at the end of the year of the goal:
-- a country on it or ahead of it is on the way. One value alone tells of no pace; nor does any of before tell whether a goal
-- whose year is over was reached.
-- A goal of some ages is held against figures of these alone. A source without one tells its latest of all ages, of ages that it does
-- not name, or of all from one on: "other ages", and nothing is said of reaching the goal. Ages with an end (15-24) are a part of the
-- people, and no source's whole.
CREATE OR REPLACE FUNCTION goal_standing(at_year int)
RETURNS TABLE (country text, indicator text, name_fr text, name_en text, statistic text, technology text, age_group text,
               compared text, wanted double precision, unit text, by_year int, source text, simulated boolean, period text,
               value double precision, value_age_group text, from_period text, from_value double precision,
               needed double precision, standing text, goal_fr text, goal_en text, goal_url text)
LANGUAGE sql STABLE AS $$
    WITH figure AS MATERIALIZED (
        SELECT p.*, period_end(p.period) AS ends
        FROM public_indicator p
        WHERE num_nonnulls(p.geo, p.operator, p.family, p.zone, p.sex, p.plan, p.item) = 0 AND p.value IS NOT NULL AND p.admitted
          AND left(p.period, 4)::int <= at_year
    ), latest AS (
        SELECT DISTINCT ON (f.indicator, f.country, f.statistic, f.technology, f.age_group, f.source) f.*
        FROM figure f
        ORDER BY f.indicator, f.country, f.statistic, f.technology, f.age_group, f.source, f.ends DESC, length(f.period)
    )
    SELECT g.country, g.indicator, g.name_fr, g.name_en, g.statistic, g.technology, g.age_group, g.compared, g.wanted, g.unit, g.by_year,
           l.source, l.simulated, l.period, l.value, l.age_group, b.period, b.value, n.needed,
           CASE WHEN l.value IS NULL THEN 'no data'
                WHEN l.age_group IS DISTINCT FROM g.age_group THEN 'other ages'
                WHEN goal_met(g.compared, l.value, g.wanted) THEN 'reached'
                WHEN l.ends >= make_date(g.by_year, 12, 31) THEN 'late'
                WHEN at_year >= g.by_year THEN 'no data'
                WHEN n.needed IS NULL THEN 'no data'
                WHEN g.compared = 'parity' AND abs(l.value - g.wanted) <= abs(n.needed - g.wanted) THEN 'on the way'
                WHEN g.compared <> 'parity' AND goal_met(g.compared, l.value, n.needed) THEN 'on the way'
                ELSE 'late' END,
           g.source_fr, g.source_en, g.source_url
    FROM public_goal g
    LEFT JOIN LATERAL (
        SELECT DISTINCT ON (l.source) l.*
        FROM latest l
        WHERE (l.indicator, l.country, l.statistic) = (g.indicator, g.country, g.statistic)
          AND l.technology IS NOT DISTINCT FROM g.technology
          AND (l.age_group IS NOT DISTINCT FROM g.age_group
               OR g.age_group IS NOT NULL AND (l.age_group IS NULL OR l.age_group ~ '^[0-9]+[+]$'))
        ORDER BY l.source, l.age_group IS NOT DISTINCT FROM g.age_group DESC, l.ends DESC, length(l.period), l.age_group NULLS FIRST) l ON true
    LEFT JOIN LATERAL (
        SELECT f.period, f.value, f.ends
        FROM figure f
        WHERE (f.indicator, f.country, f.statistic, f.source) = (l.indicator, l.country, l.statistic, l.source)
          AND f.technology IS NOT DISTINCT FROM l.technology AND g.age_group IS NOT DISTINCT FROM l.age_group
          AND f.age_group IS NOT DISTINCT FROM l.age_group AND f.method_version IS NOT DISTINCT FROM l.method_version
          AND f.target_set IS NOT DISTINCT FROM l.target_set AND left(f.period, 4)::int >= g.since AND f.ends < l.ends
        ORDER BY f.ends, length(f.period)
        LIMIT 1) b ON true
    CROSS JOIN LATERAL (SELECT b.value + (g.wanted - b.value) * (l.ends - b.ends) / nullif(make_date(g.by_year, 12, 31) - b.ends, 0)
                        AS needed) n
    WHERE g.since <= at_year
    ORDER BY g.country, g.indicator, g.by_year, g.statistic, g.technology NULLS FIRST, g.age_group NULLS FIRST, l.source
$$;
REVOKE EXECUTE ON FUNCTION goal_seed FROM PUBLIC;
