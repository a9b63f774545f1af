-- What prices are held against: a series in a year, its latest period, as the source has it that was asked last. A year that nobody
-- brought has none: not that of another year; nor is a part of a year an income of it.
CREATE OR REPLACE FUNCTION economy_in(of_country text, of_series text, of_year int) RETURNS SETOF economy
LANGUAGE sql STABLE AS $$
    SELECT e.* FROM economy e
    WHERE e.country = of_country AND e.series = of_series AND left(e.period, 4)::int = of_year
      AND (of_series <> 'gni_per_capita' OR length(e.period) = 4)
    ORDER BY period_end(e.period) DESC, e.retrieved DESC, e.period, e.source
    LIMIT 1
$$;

-- How consumer prices changed from the year before: one source's index, of like periods, the later of which is told. Another source may
-- have another base. Tariffs are those of the end of the year, and so is the index where there is one of December, else of the last quarter;
-- only then the mean of the year.
DROP FUNCTION IF EXISTS cpi_change(text, int);
CREATE FUNCTION cpi_change(of_country text, of_year int, OUT ratio double precision, OUT source text, OUT retrieved date, OUT period text)
LANGUAGE sql STABLE AS $$
    SELECT t.value / f.value, t.source, greatest(t.retrieved, f.retrieved), t.period
    FROM economy t
    JOIN economy f ON (f.country, f.series, f.source) = (t.country, t.series, t.source)
     AND f.period = (of_year - 1)::text || substr(t.period, 5)
    WHERE t.country = of_country AND t.series = 'cpi' AND left(t.period, 4)::int = of_year
    ORDER BY array_position('{-12,-Q4,""}', substr(t.period, 5)), period_end(t.period) DESC, t.retrieved DESC, t.period, t.source
    LIMIT 1
$$;
REVOKE EXECUTE ON FUNCTION economy_in, cpi_change FROM PUBLIC;
