-- Goals, and of what. An indicator that this version does not know has no unit, and no figure.
CREATE OR REPLACE VIEW public_goal AS
SELECT g.country, g.indicator, i.name_fr, i.name_en, i.unit, g.statistic, g.technology, g.compared, g.wanted, g.by_year, g.since,
       g.source_fr, g.source_en, g.source_url, g.age_group
FROM goal g
LEFT JOIN indicator i USING (indicator);

SELECT allow('SELECT ON public_goal', 'reader', 'analyst');
