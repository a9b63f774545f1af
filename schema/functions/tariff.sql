-- What operators ask for their plans.

-- The market that a plan's technology belongs to; NULL: neither.
CREATE OR REPLACE FUNCTION tariff_market(technology text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN technology IN ('mobile', '3g', '4g', '5g') THEN 'mobile'
                WHEN technology IN ('fixed', 'fibre', 'adsl', 'radio', 'satellite') THEN 'fixed' END
$$;

-- The plans on sale at the end of a year, promotions left out, at their price then, as each source has it. Of what is on sale without
-- an end, somebody has to have seen it in the year, or later: what nobody saw since the year before may be gone. What is over is left
-- out before one is chosen, so that a plan which was cheaper for a month is back at its own price after it.
CREATE OR REPLACE FUNCTION tariff_told(of_country text, of_year int) RETURNS SETOF plan_price
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (operator, plan, source) * FROM plan_price
    WHERE country = of_country AND NOT promotion AND valid_from <= make_date(of_year, 12, 31)
      AND CASE WHEN valid_to IS NULL THEN retrieved >= make_date(of_year, 1, 1) ELSE valid_to >= make_date(of_year, 12, 31) END
    ORDER BY operator, plan, source, valid_from DESC
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
-- sale at the end of both years with the same volume and validity, promotions out. Another volume for the same price is another
-- plan: one left, and one came.
CREATE OR REPLACE FUNCTION tariff_change(of_country text, of_year int)
RETURNS TABLE (operator text, index double precision, matched bigint, entered bigint, gone bigint, sources text, retrieved date)
LANGUAGE sql STABLE AS $$
    SELECT operator, jevons(array_agg(t.price / f.price) FILTER (WHERE t.price > 0 AND f.price > 0)),
           count(*) FILTER (WHERE t.price > 0 AND f.price > 0), count(*) FILTER (WHERE f.price IS NULL),
           count(*) FILTER (WHERE t.price IS NULL),
           sources_told(array_agg(coalesce(t.source, f.source)), array_agg(coalesce(t.retrieved, f.retrieved))),
           max(greatest(t.retrieved, f.retrieved))
    FROM (SELECT *, coalesce(volume_gb, 'infinity') AS gb FROM tariff(of_country, of_year - 1)) f
    FULL JOIN (SELECT *, coalesce(volume_gb, 'infinity') AS gb FROM tariff(of_country, of_year)) t
      USING (operator, plan, technology, currency, gb, validity_days)
    GROUP BY GROUPING SETS ((operator), ())
$$;
REVOKE EXECUTE ON FUNCTION tariff_market, tariff_told, tariff, sources_told, tariff_change FROM PUBLIC;
