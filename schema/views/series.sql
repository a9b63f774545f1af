-- Days of metrics as everybody reads them: `alike` says what the lines of a row have in common (1 department, 2 operator, 4 technology,
-- 8 zone; 0: the country), `scope` over which targets. Tenths are told from twenty lines on.
CREATE OR REPLACE VIEW public_series AS
SELECT p.day, k.name AS check_name, m.name AS metric, m.unit, g.source, g.simulated, two_digits(p.samples) AS n_samples,
       count_step(p.probes) AS n_probes, count_step(p.networks) AS n_networks, CASE WHEN p.probes >= 20 THEN p.p10 END AS p10, p.p50,
       CASE WHEN p.probes >= 20 THEN p.p90 END AS p90, g.country, g.department, o.name AS operator, g.technology, g.zone,
       p.kind AS target_kind, t.name AS target, g.alike, p.scope
FROM series_point p
JOIN series_group g USING (group_no)
JOIN series_count c ON (c.group_no, c.check_no, c.year) = (p.group_no, p.check_no, extract(year FROM p.day)::int)
     AND (c.days >= 30 OR g.simulated AND (SELECT lifted OR lifted_simulated FROM publication_floor))
JOIN check_kind k ON k.check_no = p.check_no
JOIN metric m ON (m.check_no, m.position) = (p.check_no, p.position)
LEFT JOIN known_operator o ON o.operator_no = g.operator_no
LEFT JOIN target t ON t.target_no = p.target_no
WHERE p.scope <> 'target' OR t.ours;

SELECT allow('SELECT ON public_series', 'reader', 'analyst');
