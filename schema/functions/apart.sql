-- What the series of a check tell otherwise than the chart of an indicator would: those keep the lines that were there when a day was told,
-- and what they said. A point of other lines, less theirs, would be who came late, left, or said something else.

-- late: the probe is in nothing that was told of the day. barred: of that day and country something was told of lines that are gone, or
-- of lines that say something else by now which are fewer than five, or of fewer than five networks: several boxes of a household are
-- one; or some of the day's cells wait to be made again: what they say now is not known. Of days behind the last that a chart has. A line
-- whose country was corrected is gone from the other: it has one row a day, of where it stands now.
CREATE OR REPLACE FUNCTION series_apart(of_indicator text, of_check text, first date, last date)
RETURNS TABLE (day date, probe_no int, late boolean, barred boolean)
LANGUAGE plpgsql STABLE SET enable_nestloop = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH chart AS MATERIALIZED (
        SELECT d.country, CASE d.source WHEN 'measured' THEN 'agent' ELSE d.source END AS source, max(d.day) AS upto
        FROM indicator_day d
        WHERE d.indicator = of_indicator AND d.day >= first AND d.day < last
        GROUP BY d.country, d.source
    ), told AS MATERIALIZED (
        SELECT b.day, b.country, b.source, b.position, u.probe_no, u.value
        FROM series_block b
        JOIN check_kind k ON k.check_no = b.check_no AND k.name = of_check
        LEFT JOIN chart h ON (h.country, h.source) = (b.country, b.source)
        CROSS JOIN LATERAL unnest(b.probes, b.medians) AS u (probe_no, value)
        WHERE b.day >= first AND b.day < last AND NOT b.simulated AND b.day > coalesce(h.upto, '-infinity')
    ), subject AS MATERIALIZED (
        SELECT DISTINCT t.day, t.country, t.source, t.position FROM told t
    ), now AS MATERIALIZED (
        SELECT s.day, s.country, s.source, s.position, d.probe_no, d.value
        FROM (SELECT DISTINCT a.day FROM subject a) AS day
        CROSS JOIN LATERAL series_said(day.day, (SELECT k.check_no FROM check_kind k WHERE k.name = of_check), '{all}') AS d
        JOIN subject s ON (s.day, s.position) = (day.day, d.position)
        JOIN rollup_cell c ON (c.cell_no, c.country, c.source) = (d.cell_no, s.country, s.source) AND NOT c.simulated
        JOIN pg_temp.line_year y ON (y.first, y.last, y.probe_no) = (series_apart.first, series_apart.last - 1, d.probe_no) AND y.counts
    ), line AS MATERIALIZED (
        SELECT day, country, source, probe_no, bool_and(t.value IS NULL) AS late, bool_and(n.value IS NULL) AS gone,
               bool_or(t.value IS DISTINCT FROM n.value) AS otherwise
        FROM told t
        FULL JOIN now n USING (day, country, source, position, probe_no)
        GROUP BY day, country, source, probe_no
    ), apart AS MATERIALIZED (
        SELECT l.day, l.country, l.source
        FROM (SELECT *, otherwise AND NOT late AS differs FROM line) l
        LEFT JOIN probe_household h USING (probe_no)
        LEFT JOIN pg_temp.line_year y ON (y.first, y.last, y.probe_no) = (series_apart.first, series_apart.last - 1, l.probe_no)
        GROUP BY l.day, l.country, l.source
        HAVING bool_or(l.gone) OR bool_or(l.differs)
           AND least(count(DISTINCT coalesce(h.household, l.probe_no)) FILTER (WHERE l.differs),
                     count(DISTINCT y.network) FILTER (WHERE l.differs)) < 5
        UNION
        SELECT s.day, s.country, s.source FROM subject s JOIN rollup_cell_dirty r USING (day)
    )
    SELECT DISTINCT ON (l.day, l.probe_no) l.day, l.probe_no, l.late, a.day IS NOT NULL
    FROM line l
    LEFT JOIN apart a USING (day, country, source)
    WHERE l.late OR a.day IS NOT NULL
    ORDER BY l.day, l.probe_no, l.gone;
END
$$;
REVOKE EXECUTE ON FUNCTION series_apart FROM PUBLIC;
