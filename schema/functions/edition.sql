-- How far the figures of a year reach: where and with whom they are shown, and how rural the lines are.

-- The rules and the market's shares of the country packs, in the place of those before. The latest shares that a pack has.
CREATE OR REPLACE FUNCTION edition_seed(packs jsonb) RETURNS void
LANGUAGE sql AS $$
    DELETE FROM edition_rule;
    INSERT INTO edition_rule
    SELECT (jsonb_populate_record(NULL::edition_rule, c.value->'edition' || jsonb_build_object('country', c.key))).*
    FROM jsonb_each(packs) c
    WHERE c.value ? 'edition';
    DELETE FROM market_share;
    INSERT INTO market_share (country, operator, lines)
    SELECT c.key, s.key, s.value::bigint
    FROM jsonb_each(packs) c
    CROSS JOIN LATERAL (SELECT m.value FROM jsonb_each(CASE WHEN jsonb_typeof(c.value) = 'object' THEN c.value END) m
                        WHERE m.key LIKE 'market\_lines\_%' ORDER BY m.key DESC LIMIT 1) latest
    CROSS JOIN LATERAL jsonb_each_text(latest.value) s
$$;

-- The lines that count in a year, once a network, and the zone in which each was last.
CREATE OR REPLACE FUNCTION edition_line(of_year int) RETURNS TABLE (country text, source text, network text, zone text)
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (s.network) x.country,
           CASE WHEN p.simulated THEN 'simulated' WHEN p.source = 'agent' THEN 'measured' ELSE p.source END, s.network, x.zone
    FROM probe_standing(make_date(of_year, 1, 1), make_date(of_year, 12, 31)) s
    JOIN probe p USING (probe_no)
    CROSS JOIN LATERAL (SELECT r.day FROM rollup_day r
                        WHERE r.probe_no = p.probe_no AND r.day BETWEEN make_date(of_year, 1, 1) AND make_date(of_year, 12, 31)
                        ORDER BY r.day DESC LIMIT 1) last
    CROSS JOIN LATERAL place_on(p.probe_no, last.day) x
    WHERE s.counts AND s.network IS NOT NULL
    ORDER BY s.network, p.probe_no
$$;

-- Notes it of a year whose figures were made. A department counts that is shown in every figure which is made by
-- departments and shown of the whole: one that only DNS reaches would lend its name to all others. A figure that is never
-- compared (better is '-') asks for nothing.
CREATE OR REPLACE FUNCTION edition_note(of_year int) RETURNS void
LANGUAGE sql AS $$
    DELETE FROM edition_reach WHERE period = of_year::text;
    INSERT INTO edition_reach (country, period, source, departments, operators, lines, rural_lines)
    WITH cell AS (
        SELECT DISTINCT v.country, v.source, v.indicator, v.geo, v.operator, v.floor = 'met' AND v.value IS NOT NULL AS shown
        FROM indicator_value v
        JOIN indicator i ON i.indicator = v.indicator AND i.better <> '-'
        WHERE v.computed AND v.period = of_year::text AND num_nonnulls(v.geo, v.operator) < 2
          AND num_nonnulls(v.technology, v.family, v.zone, v.sex, v.age_group, v.plan, v.item) = 0
    ), whole AS (
        SELECT w.country, w.source, w.indicator,
               EXISTS (SELECT FROM cell c WHERE (c.country, c.source, c.indicator) = (w.country, w.source, w.indicator)
                       AND c.geo IS NOT NULL) AS by_department,
               EXISTS (SELECT FROM cell c WHERE (c.country, c.source, c.indicator) = (w.country, w.source, w.indicator)
                       AND c.operator IS NOT NULL) AS by_operator
        FROM cell w
        WHERE w.shown AND num_nonnulls(w.geo, w.operator) = 0
    ), figures AS (
        SELECT w.country, w.source, count(*) FILTER (WHERE by_department) AS by_department,
               count(*) FILTER (WHERE by_operator) AS by_operator
        FROM whole w
        GROUP BY w.country, w.source
    ), within AS (
        SELECT c.country, c.source, c.geo, c.operator, count(DISTINCT c.indicator) AS figures
        FROM cell c
        JOIN whole w USING (country, source, indicator)
        WHERE c.shown AND num_nonnulls(c.geo, c.operator) = 1
        GROUP BY c.country, c.source, c.geo, c.operator
    )
    SELECT f.country, of_year::text, f.source,
           ARRAY(SELECT w.geo FROM within w WHERE (w.country, w.source) = (f.country, f.source) AND w.figures = f.by_department
                 AND w.geo IS NOT NULL ORDER BY w.geo),
           ARRAY(SELECT w.operator FROM within w WHERE (w.country, w.source) = (f.country, f.source) AND w.figures = f.by_operator
                 AND w.operator IS NOT NULL ORDER BY w.operator),
           count(l.network), count(l.network) FILTER (WHERE l.zone = 'rural')
    FROM figures f
    LEFT JOIN edition_line(of_year) l USING (country, source)
    GROUP BY f.country, f.source, f.by_department, f.by_operator
$$;
REVOKE EXECUTE ON FUNCTION edition_seed, edition_line, edition_note FROM PUBLIC;
