-- What operators ask for their plans.

-- The market that a plan's technology belongs to; NULL: neither.
CREATE OR REPLACE FUNCTION tariff_market(technology text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN technology IN ('mobile', '3g', '4g', '5g') THEN 'mobile'
                WHEN technology IN ('fixed', 'fibre', 'adsl', 'radio', 'satellite') THEN 'fixed' END
$$;

-- The plans on sale at the end of a year, promotions left out, at their price then, as each source has it. Of what is on sale without
-- an end, somebody has to have seen it in the year, or later: what nobody saw since the year before may be gone. What is over is left
-- out before one is chosen, so that a plan which was cheaper for a month is back at its own price after it. Operators are called as
-- teams have it now (operator_now).
CREATE OR REPLACE FUNCTION tariff_told(of_country text, of_year int) RETURNS SETOF plan_price
LANGUAGE sql STABLE AS $$
    SELECT told
    FROM (SELECT DISTINCT ON (o.name, p.plan, p.source) jsonb_populate_record(p, jsonb_build_object('operator', o.name)) AS told
          FROM plan_price p
          CROSS JOIN LATERAL operator_now(p.country, p.operator) AS o (name)
          WHERE p.country = of_country AND NOT p.promotion AND p.valid_from <= make_date(of_year, 12, 31) AND o.name IS NOT NULL
            AND CASE WHEN p.valid_to IS NULL THEN p.retrieved >= make_date(of_year, 1, 1) ELSE p.valid_to >= make_date(of_year, 12, 31) END
          ORDER BY o.name, p.plan, p.source, p.valid_from DESC, p.operator <> o.name, p.retrieved DESC) p
$$;

-- The same, each plan once: by the source that has the latest price, or of those that have it from the same day on, that was asked last.
CREATE OR REPLACE FUNCTION tariff(of_country text, of_year int) RETURNS SETOF plan_price
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (operator, plan) * FROM tariff_told(of_country, of_year)
    ORDER BY operator, plan, valid_from DESC, retrieved DESC, source
$$;

-- "Opérateur 2026-01-31, Banque mondiale 2025-07-01": whose they are, and when each was asked last.
CREATE OR REPLACE FUNCTION sources_told(sources text[], retrieved date[]) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(s || ' ' || r, ', ' ORDER BY s)
    FROM (SELECT s, max(r) AS r FROM unnest(sources, retrieved) AS u (s, r) WHERE s IS NOT NULL GROUP BY s) AS t
$$;

-- How tariffs changed from the year before, per operator, and of the country (operator NULL): the Jevons index over plans that are on
-- sale at the end of both years on the same market with the same volume and validity, promotions out. Both prices of a plan are of one
-- source, as another may count taxes otherwise: of those that have both, the one that was asked last. Another volume for the same price
-- is another plan: one left, and one came. A plan that only two sources together have in both years neither came nor left: it is out.
CREATE OR REPLACE FUNCTION tariff_change(of_country text, of_year int)
RETURNS TABLE (operator text, index double precision, matched bigint, entered bigint, gone bigint, sources text, retrieved date)
LANGUAGE sql STABLE AS $$
    WITH pair AS (
        SELECT DISTINCT ON (operator, plan) operator, source, t.price / f.price AS relative, f.price IS NOT NULL AS old,
               t.price IS NOT NULL AS new, greatest(f.retrieved, t.retrieved) AS retrieved,
               bool_or(f.price IS NOT NULL) OVER plans AS ever_old, bool_or(t.price IS NOT NULL) OVER plans AS ever_new,
               (tariff_market(t.technology), t.currency, coalesce(t.volume_gb, 'infinity'), t.validity_days)
               = (tariff_market(f.technology), f.currency, coalesce(f.volume_gb, 'infinity'), f.validity_days) AS same
        FROM tariff_told(of_country, of_year - 1) f
        FULL JOIN tariff_told(of_country, of_year) t USING (operator, plan, source)
        WINDOW plans AS (PARTITION BY operator, plan)
        ORDER BY operator, plan, t.price / f.price IS NULL, greatest(f.retrieved, t.retrieved) DESC, source
    ), counted AS (
        SELECT operator, source, retrieved, CASE WHEN old AND new AND same THEN relative END AS relative,
               new AND NOT (ever_old AND NOT old) AND NOT (old AND same) AS entered,
               old AND NOT (ever_new AND NOT new) AND NOT (new AND same) AS gone
        FROM pair
    )
    SELECT operator, jevons(array_agg(relative) FILTER (WHERE relative IS NOT NULL)), count(relative), count(*) FILTER (WHERE entered),
           count(*) FILTER (WHERE gone), sources_told(array_agg(source), array_agg(retrieved)), max(retrieved)
    FROM counted
    WHERE relative IS NOT NULL OR entered OR gone
    GROUP BY GROUPING SETS ((operator), ())
$$;
REVOKE EXECUTE ON FUNCTION tariff_market, tariff_told, tariff, sources_told, tariff_change FROM PUBLIC;
