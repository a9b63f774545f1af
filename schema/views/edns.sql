-- EDNS conformance of zones over the last 30 days: one row a zone that the check `edns` has measured.
-- passed: share of single tests; compliant: share of addresses that passed all ten; a test's column: share of addresses
-- that fail it. It tells of public servers and of nobody's line, so that one probe that counts is enough. A
-- zone that a member alone asks for is not shown; how many probes there are is told from five on, in steps, and when, in weeks.
CREATE OR REPLACE VIEW public_edns_league AS
WITH total AS (
    SELECT d.target_no, p.simulated, count(DISTINCT d.probe_no)::int AS n_probes, max(d.day) AS last_day,
           sum(d.sum) FILTER (WHERE d.metric = 'tests') AS tests, sum(d.sum) FILTER (WHERE d.metric = 'passed') AS passed,
           sum(d.sum) FILTER (WHERE d.metric = 'tested') AS tested,
           sum(d.sum) FILTER (WHERE d.metric = 'compliant') AS compliant,
           sum(d.sum) FILTER (WHERE d.metric = 'fail_dns') AS dns, sum(d.sum) FILTER (WHERE d.metric = 'fail_edns') AS edns,
           sum(d.sum) FILTER (WHERE d.metric = 'fail_edns1') AS edns1,
           sum(d.sum) FILTER (WHERE d.metric = 'fail_edns512') AS edns512,
           sum(d.sum) FILTER (WHERE d.metric = 'fail_ednsopt') AS ednsopt,
           sum(d.sum) FILTER (WHERE d.metric = 'fail_edns1opt') AS edns1opt,
           sum(d.sum) FILTER (WHERE d.metric = 'fail_do') AS with_do,
           sum(d.sum) FILTER (WHERE d.metric = 'fail_ednsflags') AS ednsflags,
           sum(d.sum) FILTER (WHERE d.metric = 'fail_optlist') AS optlist,
           sum(d.sum) FILTER (WHERE d.metric = 'fail_edns512tcp') AS edns512tcp
    FROM day_metric d
    JOIN counting_probe p USING (probe_no)
    WHERE d.check_name = 'edns' AND d.day > current_date - 30
    GROUP BY d.target_no, p.simulated
)
SELECT g.name AS zone, g.country, t.simulated, CASE WHEN t.n_probes >= 5 THEN count_step(t.n_probes) END AS n_probes,
       week_step(t.last_day) AS last_week, share_of(t.passed, t.tests) AS passed,
       share_of(t.compliant, t.tested) AS compliant, share_of(t.dns, t.tested) AS fail_dns,
       share_of(t.edns, t.tested) AS fail_edns, share_of(t.edns1, t.tested) AS fail_edns1,
       share_of(t.edns512, t.tested) AS fail_edns512, share_of(t.ednsopt, t.tested) AS fail_ednsopt,
       share_of(t.edns1opt, t.tested) AS fail_edns1opt, share_of(t.with_do, t.tested) AS fail_do,
       share_of(t.ednsflags, t.tested) AS fail_ednsflags, share_of(t.optlist, t.tested) AS fail_optlist,
       share_of(t.edns512tcp, t.tested) AS fail_edns512tcp
FROM total t
JOIN target g USING (target_no)
WHERE g.ours;

SELECT allow('SELECT ON public_edns_league', 'reader', 'analyst');
