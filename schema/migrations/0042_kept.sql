-- A block keeps what it was told with: a point is made once more when a new block comes to it, and would say then what lines that
-- were told long ago say now. Who takes a point of theirs that stands from it would read the one line that changed.
-- `medians` goes with the block's `probes`, an element a line, NULL: it measured nothing towards this scope. `samples` is of all of
-- them. That is four octets a value, where rollup_cell_day has twelve.
-- `weights` says what each line counts in every point, NULL: 1 all of them; what is told already weighs that.
ALTER TABLE series_block ADD samples bigint, ADD medians real[], ADD weights real[];
ALTER TABLE series_block_scope ADD samples bigint, ADD medians real[];

-- What is told already keeps what its lines say today: what they said then nobody wrote down.
CREATE TEMPORARY TABLE series_kept ON COMMIT DROP AS
WITH measured AS MATERIALIZED (
    SELECT d.day, d.check_no, d.position, d.scope, coalesce(d.kind, '') AS kind, coalesce(d.target_no, 0) AS target_no, u.*
    FROM rollup_cell_day d
    CROSS JOIN LATERAL unnest(d.probes, d.samples, d.medians) AS u (probe_no, samples, value)
    WHERE d.scope = 'all' OR d.scope = 'kind' AND d.kind IS NOT NULL OR d.scope = 'target' AND d.target_no IS NOT NULL
), told AS MATERIALIZED (
    SELECT b.block_no, b.day, b.check_no, b.position, s.scope, s.kind, s.target_no, u.probe_no, u.place
    FROM series_block b
    JOIN (SELECT block_no, 'all' AS scope, '' AS kind, 0 AS target_no FROM series_block
          UNION ALL SELECT block_no, scope, coalesce(kind, ''), coalesce(target_no, 0) FROM series_block_scope) AS s USING (block_no)
    CROSS JOIN LATERAL unnest(b.probes) WITH ORDINALITY AS u (probe_no, place)
)
SELECT t.block_no, t.scope, t.kind, t.target_no, coalesce(sum(m.samples), 0) AS samples, array_agg(m.value ORDER BY t.place) AS medians
FROM told t
LEFT JOIN measured m USING (day, check_no, position, scope, kind, target_no, probe_no)
GROUP BY t.block_no, t.scope, t.kind, t.target_no;
UPDATE series_block b SET samples = k.samples, medians = k.medians FROM series_kept k WHERE k.scope = 'all' AND k.block_no = b.block_no;
UPDATE series_block_scope s SET samples = k.samples, medians = k.medians FROM series_kept k
WHERE (k.block_no, k.scope, k.kind, k.target_no) = (s.block_no, s.scope, coalesce(s.kind, ''), coalesce(s.target_no, 0));
ALTER TABLE series_block ALTER samples SET NOT NULL, ALTER medians SET NOT NULL;
ALTER TABLE series_block_scope ALTER samples SET NOT NULL, ALTER medians SET NOT NULL;

-- Who vouches for a line, as a number that says nothing (functions/series.sql); NULL: nobody.
ALTER TABLE series_line ADD voucher bigint;
DROP FUNCTION IF EXISTS series_fresh(date); -- which says it now as well
