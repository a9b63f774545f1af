-- What a calculated figure of a country and year is made of, row by row; where one of the things that it needs is missing, a row
-- without a value says so.
CREATE OR REPLACE FUNCTION calculated_input(of_indicator text, of_country text, of_year int)
RETURNS TABLE (year int, what text, whose text, value text, source text, retrieved date, run int)
LANGUAGE sql STABLE AS $$
    WITH needed (indicator, what, years) AS (
        VALUES ('AFF1', 'tariff', 0), ('AFF1', 'gni_per_capita', 0), ('AFF2', 'tariff', 0), ('AFF2', 'gni_per_capita', 0),
               ('AFF2', 'market', 0), ('AFF3', 'tariff', 1), ('AFF3_REAL', 'tariff', 1), ('AFF3_REAL', 'cpi', 1), ('ECO8', 'market', 0),
               ('EQU2', 'smartphone_price', 0), ('EQU2', 'gni_per_capita', 0)
    ), wanted AS (
        SELECT n.what, y.year FROM needed n CROSS JOIN LATERAL generate_series(of_year - n.years, of_year) AS y (year)
        WHERE n.indicator = of_indicator
        UNION ALL SELECT 'minimum_wage_hour', of_year WHERE of_indicator IN ('AFF1', 'AFF2') -- told, and not needed
    ), given AS (
        SELECT w.year, w.what, format('%s, %s', t.operator, t.plan) AS whose,
               format('%s %s, %s GB, %s d', t.price, t.currency, coalesce(t.volume_gb::text, '∞'), t.validity_days) AS value, t.source,
               t.retrieved, t.run
        FROM wanted w
        CROSS JOIN LATERAL tariff(of_country, w.year) t
        WHERE w.what = 'tariff' AND (of_indicator <> 'AFF1' OR tariff_market(t.technology) = 'mobile')
        UNION ALL
        SELECT w.year, w.what, format('%s, %s, %s', p.technology, p.operator, p.period), coalesce(p.share, p.subscriptions)::text, p.source,
               p.retrieved, p.run
        FROM wanted w
        CROSS JOIN LATERAL market(of_country, w.year) m
        JOIN market_part p ON p.country = of_country AND (p.technology, p.period, p.source) = (m.technology, m.period, m.source)
         AND m.operator = coalesce(operator_now(p.country, p.operator), p.operator)
        WHERE w.what = 'market' AND (of_indicator <> 'AFF2' OR m.technology IN ('mobile', 'fixed')) -- whose largest is asked for
        UNION ALL
        SELECT w.year, w.what, e.period, concat_ws(' ', e.value, e.currency), e.source, e.retrieved, e.run
        FROM wanted w
        JOIN economy e ON (e.country, e.series, left(e.period, 4)) = (of_country, w.what, w.year::text)
         AND (e.series <> 'gni_per_capita' OR length(e.period) = 4)
    )
    SELECT year, what, g.whose, g.value, g.source, g.retrieved, g.run
    FROM wanted w
    LEFT JOIN given g USING (year, what)
    WHERE g.value IS NOT NULL OR w.what <> 'minimum_wage_hour'
    ORDER BY year, what, g.whose, g.source
$$;
REVOKE EXECUTE ON FUNCTION calculated_input FROM PUBLIC;
