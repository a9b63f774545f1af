-- What shares are made of: rows that are to be summed, where what was good is a part of what was tried. `tried` are results
-- that say something of the network (rollup_day.measured): not those that the box or its owner denied, skipped or could not
-- make. Both come from the same results, so that nothing is good that was not tried.

-- Questions of the check `dns`. `good`: the outcome is ok, and the answer's code NOERROR (0) or NXDOMAIN (3).
CREATE OR REPLACE VIEW day_question AS
SELECT d.day, d.probe_no, d.target_no, d.af, d.measured AS tried, 0 AS good
FROM rollup_day d
JOIN check_kind c USING (check_no)
WHERE c.name = 'dns'
UNION ALL
SELECT b.day, b.probe_no, b.target_no, b.af, 0, b.n
FROM day_bucket b
WHERE b.check_name = 'dns' AND b.metric = 'rcode' AND b.ok AND b.bucket IN (0, 3);

-- Tests that send packets and count those that come back. `tried`: all but those that found no address to send to (dns_error),
-- which are `unnamed`. `counted`: those that counted packets, `sent` of which `rcvd` were answered. A test that could not send
-- one, because there was no way to the target, is tried and not counted. `believed`: as many of them as such tests may send; how many
-- stand behind a figure is for everybody to read, and one test that says a thousand million would be nearly all of it.
CREATE OR REPLACE VIEW day_packet AS
SELECT d.day, d.probe_no, c.name AS check_name, d.target_no, d.af,
       greatest(d.measured - d.dns_error, u.counted) AS tried, d.dns_error AS unnamed, u.counted, u.sent, least(u.rcvd, u.sent) AS rcvd,
       least(u.sent, 1000 * u.counted) AS believed
FROM rollup_day d
JOIN check_kind c USING (check_no)
JOIN metric s ON s.check_no = d.check_no AND s.name = 'sent'
JOIN metric r ON r.check_no = d.check_no AND r.name = 'rcvd'
CROSS JOIN LATERAL (SELECT coalesce(d.n[s.position], 0) AS counted, coalesce(d.sum[s.position], 0) AS sent,
                           coalesce(d.sum[r.position], 0) AS rcvd) AS u;

SELECT allow('SELECT ON day_question, day_packet', 'analyst');
