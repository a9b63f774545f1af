-- A metric day by day: one median a probe and day, then percentiles over the probes. NULL for a filter means all.
CREATE OR REPLACE FUNCTION series(first date, last date, of_check text, of_metric text, of_target text, of_probe text,
                                  of_operator text, of_department text, of_technology text)
RETURNS TABLE (day date, check_name text, metric text, unit text, source text, simulated boolean, n_samples bigint,
               n_probes bigint, n_networks bigint, p10 double precision, p50 double precision, p90 double precision)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    WITH probe_day AS (
        SELECT b.day, b.probe_no, b.check_name, b.metric, b.unit, sum(b.n) AS samples,
               sketch_quantile(array_agg(b.bucket), array_agg(b.n), 0.5) AS value
        FROM day_bucket b
        LEFT JOIN target t USING (target_no)
        WHERE b.kind = 'value' AND b.day >= first AND b.day <= last
          AND (of_check IS NULL OR b.check_name = of_check) AND (of_metric IS NULL OR b.metric = of_metric)
          AND (of_target IS NULL OR t.name = of_target)
          AND (of_probe IS NULL OR b.probe_no = (SELECT p.probe_no FROM probe p WHERE p.probe = of_probe))
        GROUP BY b.day, b.probe_no, b.check_name, b.metric, b.unit
    )
    SELECT d.day, d.check_name, d.metric, d.unit, p.source, p.simulated, sum(d.samples)::bigint, count(*),
           count(DISTINCT x.network), percentile_cont(0.1) WITHIN GROUP (ORDER BY d.value),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY d.value), percentile_cont(0.9) WITHIN GROUP (ORDER BY d.value)
    FROM probe_day d
    JOIN probe p USING (probe_no)
    LEFT JOIN LATERAL place_on(d.probe_no, d.day) x ON true
    WHERE (of_operator IS NULL OR x.operator = of_operator) AND (of_department IS NULL OR x.department = of_department)
      AND (of_technology IS NULL OR x.technology = of_technology)
    GROUP BY d.day, d.check_name, d.metric, d.unit, p.source, p.simulated
    ORDER BY d.day, d.check_name, d.metric, p.source, p.simulated;
END
$$;

-- The same for everybody: a day of fewer than five networks says that it was measured, and no more.
CREATE OR REPLACE FUNCTION public_series(first date, last date, of_check text, of_metric text, of_target text,
                                         of_probe text, of_operator text, of_department text, of_technology text)
RETURNS TABLE (day date, check_name text, metric text, unit text, source text, simulated boolean, n_samples bigint,
               n_probes bigint, n_networks bigint, p10 double precision, p50 double precision, p90 double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT s.day, s.check_name, s.metric, s.unit, s.source, s.simulated,
           CASE WHEN s.n_networks >= 5 THEN s.n_samples END, CASE WHEN s.n_networks >= 5 THEN s.n_probes END,
           CASE WHEN s.n_networks >= 5 THEN s.n_networks END, CASE WHEN s.n_networks >= 5 THEN s.p10 END,
           CASE WHEN s.n_networks >= 5 THEN s.p50 END, CASE WHEN s.n_networks >= 5 THEN s.p90 END
    FROM series(first, last, of_check, of_metric, of_target, of_probe, of_operator, of_department, of_technology) s;
END
$$;
REVOKE EXECUTE ON FUNCTION public_series FROM PUBLIC;
SELECT allow('EXECUTE ON FUNCTION public_series', 'reader');
