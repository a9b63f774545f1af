-- What other chapters published, as their own readers see it: the edition of a country and a year that was imported last. Those before
-- it stay, and stand again once it is taken back.

CREATE OR REPLACE VIEW peer_standing AS
SELECT DISTINCT ON (e.country, e.year) e.*, (r.at AT TIME ZONE 'UTC')::date AS retrieved
FROM peer_edition e
JOIN import_run r USING (run)
ORDER BY e.country, e.year, e.run DESC;

CREATE OR REPLACE VIEW public_peer_edition AS
SELECT country, year, chapter, title, version, simulated, licence, licence_url, retrieved FROM peer_standing;

-- In the columns of public_indicator. `kind` is the figure's own, there as here; `source` says whose it is.
CREATE OR REPLACE VIEW public_peer_figure AS
SELECT f.indicator,
       replace(i.name_fr, '{cctld}', '.' || coalesce(k.cctld, 'cctld')) AS name_fr,
       replace(i.name_en, '{cctld}', '.' || coalesce(k.cctld, 'cctld')) AS name_en,
       e.year::text AS period, f.statistic, e.country, f.geo, f.operator, f.technology, f.family, f.zone, f.sex, f.age_group, f.plan, f.item,
       f.value, f.unit, f.low, f.high, f.interval_kind, f.interval_why, f.interval_lines, f.rank_low, f.rank_high, f.change_from, f.change,
       f.change_low, f.change_high, f.change_why, f.n_samples, f.n_failed, f.n_days, f.n_probes, f.n_networks, f.n_silent, f.floor,
       f.speaks_of, f.kind, i.status, i.better, e.chapter AS source, f.simulated, f.method, f.method_version, f.target_set, f.source_url,
       coalesce(f.retrieved, e.retrieved) AS retrieved, f.as_of, f.note, NULL::text AS visa, true AS admitted, f.version, f.edition
FROM peer_standing e
JOIN peer_figure f USING (run)
LEFT JOIN indicator i USING (indicator) -- of which the table is filled when figures are made
LEFT JOIN country k ON k.iso = e.country;

SELECT allow('SELECT ON public_peer_edition, public_peer_figure', 'reader', 'analyst');
