-- What the HTTP interface hands out. Nothing here tells a probe's commune, line or owner.

CREATE OR REPLACE VIEW public_probe AS
SELECT p.probe, c.country, c.department, o.name AS operator, c.technology, p.source, p.simulated,
       (SELECT max(r.day) FROM rollup_day r WHERE r.probe_no = p.probe_no) AS last_day
FROM probe p
LEFT JOIN probe_context c ON c.probe_no = p.probe_no AND c.valid_to = 'infinity'
LEFT JOIN operator o USING (operator_no)
WHERE p.revoked_at IS NULL;

CREATE OR REPLACE VIEW public_target AS
SELECT name AS target, kind, country FROM target;

CREATE OR REPLACE VIEW public_check AS
SELECT c.name AS check_name, m.metric_no AS id, m.name AS metric, m.unit, m.better, m.kind
FROM metric m
JOIN check_kind c USING (check_no);

CREATE OR REPLACE VIEW public_indicator AS
SELECT v.indicator, i.name_fr, i.name_en, v.period, v.statistic, v.country, v.geo, v.operator, v.technology, v.family,
       v.zone, v.sex, v.age_group, v.plan, v.value, v.unit, v.low, v.high, v.interval_kind, v.n_samples, v.n_days,
       v.n_probes, v.n_networks, v.floor, i.kind, i.status, i.better, v.source, v.simulated, v.method, v.method_version,
       v.source_url, v.retrieved, v.note, v.stored_at
FROM indicator_value v
JOIN indicator i USING (indicator);

CREATE OR REPLACE VIEW public_indicator_day AS
SELECT * FROM indicator_day;

SELECT allow('SELECT ON public_probe, public_target, public_check, public_indicator, public_indicator_day', 'reader', 'analyst');
