-- What the HTTP interface hands out. Nothing here tells a probe's commune, line or owner.

-- A department is said where five probes that count are in it, operator and technology where five have the same in all three:
-- else the list would tell whose line a probe is on, to everybody or to whoever sends four more of the same.
CREATE OR REPLACE VIEW public_probe AS
SELECT x.probe, x.country, CASE WHEN x.in_department >= 5 THEN x.department END AS department,
       CASE WHEN x.alike >= 5 THEN x.operator END AS operator, CASE WHEN x.alike >= 5 THEN x.technology END AS technology,
       x.source, x.simulated, week_step((SELECT max(r.day) FROM rollup_day r WHERE r.probe_no = x.probe_no)) AS last_week
FROM (SELECT p.probe_no, p.probe, c.country, c.department, o.name AS operator, c.technology, p.source, p.simulated,
             count(n.probe_no) OVER (PARTITION BY p.simulated, c.country, c.department) AS in_department,
             count(n.probe_no) OVER (PARTITION BY p.simulated, c.country, c.department, o.name, c.technology) AS alike
      FROM probe p
      LEFT JOIN probe_context c ON c.probe_no = p.probe_no AND c.valid_to = 'infinity'
      LEFT JOIN known_operator o USING (operator_no)
      LEFT JOIN counting_probe n ON n.probe_no = p.probe_no
      WHERE p.revoked_at IS NULL) AS x;

-- What a member measures at home is named nowhere.
CREATE OR REPLACE VIEW public_target AS
SELECT name AS target, kind, country FROM target WHERE ours;

CREATE OR REPLACE VIEW public_check AS
SELECT c.name AS check_name, m.metric_no AS id, m.name AS metric, m.unit, m.better, m.kind
FROM metric m
JOIN check_kind c USING (check_no);

-- Of what the collector computed, everybody gets the counts in steps, as one of few lines may be all that fails: whatever is guessed of a
-- count, another of the same step is off by more than a fifth. How many results and days there are is what the schedule asks of lines
-- alike, and is told to two digits. Analysts have indicator_value. When a cell that is not shown was made is nobody's affair: it is made
-- again with each day that comes. Of an operator in a department, or by a technology, one word hides whatever is hidden: how many lines
-- a small one has there is told by no choice of words, here as by no step of `lines`. `kind` is the figure's own: a source may publish one beside what is measured, or calculated from
-- what was imported, which tells of no line.
CREATE OR REPLACE VIEW figure_told AS
SELECT v.indicator,
       CASE WHEN strpos(i.name_fr, '{cctld}') = 0 THEN i.name_fr
            ELSE replace(i.name_fr, '{cctld}', '.' || coalesce((SELECT k.cctld FROM country k WHERE k.iso = v.country), 'cctld')) END AS name_fr,
       CASE WHEN strpos(i.name_en, '{cctld}') = 0 THEN i.name_en
            ELSE replace(i.name_en, '{cctld}', '.' || coalesce((SELECT k.cctld FROM country k WHERE k.iso = v.country), 'cctld')) END AS name_en,
       v.period, v.statistic, v.country, v.geo, v.operator, v.technology, v.family,
       v.zone, v.sex, v.age_group, v.plan, v.value, v.unit, v.low, v.high, v.interval_kind,
       CASE WHEN v.computed AND v.source <> 'calculated' THEN two_digits(v.n_samples) ELSE v.n_samples END AS n_samples, two_digits(v.n_days) AS n_days,
       count_step(v.n_probes) AS n_probes, count_step(v.n_networks) AS n_networks,
       CASE WHEN w.one_word THEN 'hidden' ELSE v.floor END AS floor,
       CASE WHEN v.source = 'calculated' THEN 'calculated' WHEN v.computed THEN 'measured' ELSE 'imported' END AS kind, i.status, i.better, v.source, v.simulated, v.method, v.method_version,
       v.source_url, CASE WHEN v.value IS NOT NULL THEN v.retrieved END AS retrieved,
       CASE WHEN w.one_word THEN 'too few lines, or it would tell of too few' || coalesce(substring(v.note FROM '; counted in .*'), '')
            ELSE v.note END AS note,
       CASE WHEN v.value IS NOT NULL THEN v.stored_at END AS stored_at, CASE WHEN w.one_word THEN NULL ELSE v.lines END AS lines, v.rank_low, v.rank_high,
       CASE WHEN v.computed AND v.source <> 'calculated' THEN CASE WHEN num_nonnulls(v.geo, v.operator, v.technology, v.family, v.zone, v.sex, v.age_group, v.plan, v.item) = 0
                                     THEN coalesce(e.speaks_of, 'lines') ELSE 'lines' END END AS speaks_of, v.as_of,
       c.from_period AS change_from, rounding_nearest(c.value_to - c.value_from, i.decimals) AS change, c.low AS change_low, c.high AS change_high,
       c.why AS change_why,
       -- Of a country alone: those of its parts add up to that of the whole, and a step less other steps is of one household; and the
       -- edition in which a town has a silent probe more, less fourteen days, is when it went out. Of a country whose failures are nearly all
       -- one line's, or were in a figure of before, nothing is kept (collector/figure/tally.c).
       CASE WHEN num_nonnulls(v.geo, v.operator, v.technology, v.family, v.zone) = 0 THEN part_step(v.n_failed) END AS n_failed,
       CASE WHEN num_nonnulls(v.geo, v.operator, v.technology, v.family, v.zone) = 0 THEN part_step(v.n_silent) END AS n_silent,
       v.version, CASE WHEN v.version > 0 THEN 'closed' ELSE 'provisional' END AS edition,
       v.version = CASE WHEN v.simulated THEN 0 ELSE coalesce(l.version, 0) END AS latest, v.year, v.computed, v.target_set,
       v.interval_why, v.interval_lines, v.item, v.visa,
       -- Kept with each figure (functions/import.sql); what versions made before that said is told of them.
       coalesce(v.admitted, v.computed OR v.n_samples IS NULL OR v.visa IS NOT NULL
                OR NOT EXISTS (SELECT FROM country k WHERE k.iso = v.country AND k.survey_visa IS NOT NULL)
                OR EXISTS (SELECT FROM import_run r JOIN closed_version d ON d.made_at >= r.admitted_at
                           WHERE r.run = v.run AND (d.year, d.version) = (v.year, v.version))) AS admitted
FROM figure_version v
-- A percentile alone that has too few lines is beside others that are shown.
CROSS JOIN LATERAL (SELECT v.computed AND v.value IS NULL AND v.floor IN ('n<5', 'hidden') AND v.operator IS NOT NULL
                           AND num_nonnulls(v.geo, v.technology) > 0
                           AND v.note IS DISTINCT FROM 'too few lines for this percentile' AS one_word) w
JOIN indicator_version i ON i.indicator = v.indicator AND i.version = v.version AND (i.version = 0 OR i.year = v.year)
LEFT JOIN edition_version e ON e.version = v.version AND e.country = v.country AND e.period = v.period AND e.source = v.source
LEFT JOIN change_version c ON v.computed AND num_nonnulls(v.geo, v.operator, v.technology, v.family, v.zone) = 0
     AND (c.version, c.indicator, c.country, c.source, c.statistic, c.to_period)
         = (v.version, v.indicator, v.country, v.source, v.statistic, v.period)
LEFT JOIN closed_latest l ON l.year = v.year;

-- The published figures as they stand, and all that ever were in a version.
CREATE OR REPLACE VIEW public_indicator AS SELECT * FROM figure_told WHERE latest;
CREATE OR REPLACE VIEW public_indicator_version AS SELECT * FROM figure_told WHERE latest OR version > 0;

CREATE OR REPLACE VIEW public_indicator_day AS
SELECT indicator, d.country, d.source, d.day, d.value, d.low, d.high, count_step(d.n_probes) AS n_probes,
       count_step(d.n_networks) AS n_networks, i.unit
FROM day_version d
JOIN indicator i USING (indicator)
LEFT JOIN closed_latest l USING (year)
WHERE d.version = CASE WHEN d.source = 'simulated' THEN 0 ELSE coalesce(l.version, 0) END;

SELECT allow('SELECT ON public_probe, public_target, public_check, public_indicator, public_indicator_version,
    public_indicator_day', 'reader', 'analyst');
