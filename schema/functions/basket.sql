-- What a month of a given volume costs at least, after the rules of the ITU's ICT price baskets (ITU, ICT Price Basket Methodology: data-only
-- mobile broadband, 2 GB; fixed broadband, 5 GB; at 256 kbit/s at least; taxes in, promotions out).

-- How often a plan is bought a month, by a rule of ours: four weeks, or 30 days, whichever a shorter one divides (28 days are a month,
-- and so are four times seven); and again for a volume that it does not give, where it is prepaid: nobody takes out a contract twice.
-- NULL: it never gives it.
CREATE OR REPLACE FUNCTION basket_times(validity_days int, volume_gb double precision, prepaid boolean, gb double precision)
RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN volume_gb IS NULL OR volume_gb * n >= gb THEN n WHEN prepaid THEN ceil(gb / volume_gb) END
    FROM (SELECT CASE WHEN validity_days >= 28 THEN 1 WHEN validity_days % 7 = 0 THEN ceil(28.0 / validity_days)
                      ELSE ceil(30.0 / validity_days) END::double precision) AS months (n)
$$;

-- Of each operator the plan that gives the volume (GB) over a month for the least, bought as often as it takes ("day × 30"); of plans
-- that cost the same the first by name. n_plans: how many there were to choose from.
CREATE OR REPLACE FUNCTION basket(of_country text, of_year int, of_market text, gb double precision)
RETURNS TABLE (operator text, plan text, price double precision, currency text, n_plans bigint, sources text[], retrieved date[])
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (t.operator) t.operator, coalesce(t.name, t.plan) || CASE WHEN n.times > 1 THEN ' × ' || n.times ELSE '' END,
           t.price * n.times, t.currency, w.n_plans, w.sources, w.retrieved
    FROM tariff(of_country, of_year) t
    CROSS JOIN LATERAL basket_times(t.validity_days, t.volume_gb, t.segment = 'prepaid', gb) AS n (times)
    JOIN (SELECT o.operator, count(*) AS n_plans, array_agg(o.source) AS sources, array_agg(o.retrieved) AS retrieved
          FROM tariff(of_country, of_year) o WHERE tariff_market(o.technology) = of_market GROUP BY o.operator) w
      USING (operator)
    WHERE tariff_market(t.technology) = of_market AND coalesce(t.down_mbps, 1) >= 0.256
      AND n.times IS NOT NULL
    ORDER BY t.operator, t.price * n.times, coalesce(t.name, t.plan), t.plan
$$;

-- The same as a part of a month's income, in percent of GNI per capita / 12, of each operator, and of the country (operator NULL): of
-- whichever is cheapest, or, where the ITU's baskets ask for it, of the operator with the most subscriptions. Nothing where income is
-- not known of the very year, or is in another currency, nor of the country where nobody knows who is largest.
CREATE OR REPLACE FUNCTION affordability(of_year int, of_market text, gb double precision, of_largest boolean)
RETURNS TABLE (country text, operator text, value double precision, n_plans bigint, retrieved date, note text)
LANGUAGE sql STABLE AS $$
    WITH cost AS (
        SELECT c.iso AS country, b.*, 1200 * b.price / g.value AS part, g.source AS income_source, g.retrieved AS income_retrieved,
               w.value AS wage, w.source AS wage_source, w.retrieved AS wage_retrieved
        FROM country c
        CROSS JOIN LATERAL economy_in(c.iso, 'gni_per_capita', of_year) g
        CROSS JOIN LATERAL basket(c.iso, of_year, of_market, gb) b
        LEFT JOIN LATERAL economy_in(c.iso, 'minimum_wage_hour', of_year) w ON w.currency = b.currency
        WHERE b.currency = g.currency
    ), largest AS (
        SELECT DISTINCT ON (c.iso) c.iso AS country, m.operator, m.source, m.retrieved
        FROM country c
        CROSS JOIN LATERAL market(c.iso, of_year) m
        WHERE m.technology = of_market
        ORDER BY c.iso, m.part DESC, m.operator
    ), chosen AS (
        SELECT c.*, NULL::text AS share_source, NULL::date AS share_retrieved, c.operator AS of_whom, c.n_plans AS whole FROM cost c
        UNION ALL
        (SELECT DISTINCT ON (c.country) c.*, l.source, l.retrieved, NULL, CASE WHEN of_largest THEN c.n_plans ELSE
                sum(c.n_plans) OVER (PARTITION BY c.country) END
         FROM cost c
         LEFT JOIN largest l ON of_largest AND (l.country, l.operator) = (c.country, c.operator)
         WHERE NOT of_largest OR l.operator IS NOT NULL
         ORDER BY c.country, c.part, c.operator)
    )
    SELECT c.country, c.of_whom, c.part, c.whole,
           greatest((SELECT max(r) FROM unnest(c.retrieved) r), c.income_retrieved, c.wage_retrieved, c.share_retrieved),
           format('price: %s %s%s; plan: %s, %s; sources: %s', trim_scale(round(c.price::numeric, 2)), c.currency,
                  CASE WHEN c.wage > 0 THEN format(', %s hours of minimum wage', round((c.price / c.wage)::numeric, 1)) END, c.operator, c.plan,
                  sources_told(c.sources || c.income_source || c.wage_source || c.share_source,
                               c.retrieved || c.income_retrieved || c.wage_retrieved || c.share_retrieved))
    FROM chosen c
$$;
REVOKE EXECUTE ON FUNCTION basket_times, basket, affordability FROM PUBLIC;
