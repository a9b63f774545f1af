-- Days of metrics as everybody reads them: `alike` says what the lines of a row have in common (1 department, 2 operator, 4 technology,
-- 8 zone; 0: the country), `scope` over which targets. Tenths are told from twenty lines on. NULL for a filter means all.
--
-- A year by operator and department is tens of thousands of points. How many of them a group has the planner cannot know, and would
-- look at every group for each of them: what is small is made first, with numbers to sort by, and hashed.
CREATE OR REPLACE FUNCTION public_series_of(first date, last date, of_check text, of_metric text, of_target text, of_operator text,
                                            of_department text, of_technology text, of_zone text, of_country text, of_kind text,
                                            of_alike int, of_scope text)
RETURNS TABLE (day date, check_name text, metric text, unit text, source text, simulated boolean, n_samples bigint, n_probes bigint,
               n_networks bigint, p10 double precision, p50 double precision, p90 double precision, country text, department text,
               operator text, technology text, zone text, target_kind text, target text, alike smallint, scope text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan
SET enable_nestloop = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH whose AS MATERIALIZED (
        SELECT g.*, o.name AS operator, row_number() OVER (ORDER BY g.source, g.simulated, g.country, g.department, o.name, g.technology,
                                                           g.zone) AS place
        FROM series_group g
        LEFT JOIN known_operator o USING (operator_no)
        WHERE (of_alike IS NULL OR g.alike = of_alike) AND (of_operator IS NULL OR o.name = of_operator)
          AND (of_department IS NULL OR g.department = of_department) AND (of_technology IS NULL OR g.technology = of_technology)
          AND (of_zone IS NULL OR g.zone = of_zone) AND (of_country IS NULL OR g.country = of_country)
    ), what AS MATERIALIZED (
        SELECT k.check_no, m.position, k.name AS check_name, m.name AS metric, m.unit, row_number() OVER (ORDER BY k.name, m.name) AS place
        FROM check_kind k
        JOIN metric m USING (check_no)
        WHERE (of_check IS NULL OR k.name = of_check) AND (of_metric IS NULL OR m.name = of_metric)
    ), shown AS MATERIALIZED (
        SELECT c.group_no, c.check_no, c.year
        FROM series_count c
        JOIN whose w USING (group_no)
        WHERE c.days >= 30 OR w.simulated AND (SELECT lifted OR lifted_simulated FROM publication_floor)
    )
    SELECT p.day, m.check_name, m.metric, m.unit, w.source, w.simulated, two_digits(p.samples), count_step(p.probes),
           count_step(p.networks), CASE WHEN p.probes >= 20 THEN p.p10 END, p.p50, CASE WHEN p.probes >= 20 THEN p.p90 END, w.country,
           w.department, w.operator, w.technology, w.zone, p.kind, t.name, w.alike, p.scope
    FROM series_point p
    JOIN shown s ON (s.group_no, s.check_no, s.year) = (p.group_no, p.check_no, extract(year FROM p.day)::int)
    JOIN whose w ON w.group_no = p.group_no
    JOIN what m ON (m.check_no, m.position) = (p.check_no, p.position)
    LEFT JOIN target t ON t.target_no = p.target_no
    WHERE p.day BETWEEN first AND last AND (of_scope IS NULL OR p.scope = of_scope) AND (p.scope <> 'target' OR t.ours)
      AND (of_target IS NULL OR t.name = of_target) AND (of_kind IS NULL OR p.kind = of_kind)
      AND (of_check IS NULL OR p.check_no = (SELECT k.check_no FROM check_kind k WHERE k.name = of_check))
      AND (of_check IS NULL OR of_metric IS NULL OR p.position = (SELECT o.position FROM what o)) -- as the index has it
    ORDER BY p.day, m.place, w.place, p.kind, t.name;
END
$$;
REVOKE EXECUTE ON FUNCTION public_series_of FROM PUBLIC;
SELECT allow('EXECUTE ON FUNCTION public_series_of', 'reader', 'analyst');

CREATE OR REPLACE VIEW public_series AS
SELECT s.* FROM public_series_of('-infinity', 'infinity', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL) s;

SELECT allow('SELECT ON public_series', 'reader', 'analyst');
