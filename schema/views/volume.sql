-- How much was measured in a year, for whoever pays for it: of the lines that count, what was tried, what of it says something of the
-- network, and what it cost on the wire. It is told where a figure of all lines is, so that as many lines and networks stand behind it as
-- behind that, and where no line brought more than half of any of it. Of why the rest says nothing, no number: one box that is out of order
-- may make nearly all of one.
CREATE OR REPLACE VIEW public_volume AS
WITH line AS (
    SELECT (SELECT c.country FROM probe_context c WHERE c.probe_no = r.probe_no ORDER BY c.valid_to DESC LIMIT 1) AS country,
           extract(year FROM r.day)::int AS year, r.simulated,
           sum(r.measured + r.denied + r.skipped + r.error) AS tests, sum(r.measured) AS kept, sum(r.bytes) AS bytes
    FROM rollup_day r
    JOIN counting_probe n USING (probe_no)
    GROUP BY r.probe_no, extract(year FROM r.day), r.simulated
)
SELECT country, year, simulated, count_step(count(*)) AS n_probes, two_digits(sum(tests)::bigint) AS tests,
       two_digits(sum(kept)::bigint) AS kept, two_digits(sum(bytes)::bigint) AS bytes
FROM line l
WHERE EXISTS (SELECT FROM public_national f WHERE f.country = l.country AND f.period = l.year::text AND f.kind = 'measured'
                     AND f.simulated = l.simulated AND f.value IS NOT NULL)
GROUP BY country, year, simulated
HAVING count(*) >= 5 AND max(tests) * 2 <= sum(tests) AND max(kept) * 2 <= sum(kept) AND max(bytes) * 2 <= sum(bytes);

SELECT allow('SELECT ON public_volume', 'reader', 'analyst');
