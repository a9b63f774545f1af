-- What the figures of an edition (a period of a country) speak of: the country where its rule holds, otherwise the measured
-- lines, and what is missing then. Rural lines are told in steps, as all counts of lines are.
CREATE OR REPLACE VIEW public_edition AS
SELECT e.country, e.period, e.source, CASE WHEN cardinality(m.fr) = 0 THEN 'country' ELSE 'lines' END AS speaks_of,
       m.fr AS missing_fr, m.en AS missing_en
FROM (SELECT r.*, cardinality(r.departments) AS in_departments, cardinality(r.operators) AS of_operators, u.country IS NOT NULL AS has_rule,
             u.departments AS departments_wanted, u.rural_lines AS rural_wanted, u.rural_part, u.market_part, u.operators AS operators_wanted,
             (SELECT coalesce(sum(s.lines) FILTER (WHERE s.operator = ANY (r.operators)), 0) / sum(s.lines)
              FROM market_share s WHERE s.country = r.country) AS market
      FROM edition_reach r
      LEFT JOIN edition_rule u USING (country)) e
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(w.fr ORDER BY w.place) FILTER (WHERE w.lacks), '{}') AS fr,
           coalesce(array_agg(w.en ORDER BY w.place) FILTER (WHERE w.lacks), '{}') AS en
    FROM (VALUES
        (1, NOT e.has_rule, 'une règle qui dise quand un chiffre parle de ce pays',
            'a rule that says when a figure speaks of this country'),
        (2, e.in_departments < e.departments_wanted,
            format('%s départements qui ont leurs propres chiffres (%s à ce jour)', e.departments_wanted, e.in_departments),
            format('%s departments with figures of their own (%s so far)', e.departments_wanted, e.in_departments)),
        (3, e.rural_lines < e.rural_wanted,
            format('%s lignes rurales (%s à ce jour)', e.rural_wanted,
                   CASE WHEN e.rural_lines < 5 THEN 'moins de 5' ELSE count_step(e.rural_lines) || ' au moins' END),
            format('%s rural lines (%s so far)', e.rural_wanted,
                   CASE WHEN e.rural_lines < 5 THEN 'fewer than 5' ELSE 'at least ' || count_step(e.rural_lines) END)),
        (4, e.rural_lines < e.rural_part * e.lines,
            format('%s %% de lignes rurales parmi les lignes mesurées', round(100 * e.rural_part)),
            format('%s%% of rural lines among the measured ones', round(100 * e.rural_part))),
        (5, e.market < e.market_part,
            format('des opérateurs qui tiennent ensemble %s %% du marché (%s %% à ce jour)', round(100 * e.market_part), floor(100 * e.market)),
            format('operators that together hold %s%% of the market (%s%% so far)', round(100 * e.market_part), floor(100 * e.market))),
        (6, e.market IS NULL AND e.of_operators < e.operators_wanted,
            format('%s opérateurs qui ont leurs propres chiffres (%s à ce jour)', e.operators_wanted, e.of_operators),
            format('%s operators with figures of their own (%s so far)', e.operators_wanted, e.of_operators)))
        AS w (place, lacks, fr, en)) m;

SELECT allow('SELECT ON public_edition', 'reader', 'analyst');
