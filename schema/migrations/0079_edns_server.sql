-- What `edns` found at each address of the servers of a country's own domain; projected from the results' detail, which day by day and
-- zone by zone is added up elsewhere (rollup_day). Of servers, and of nobody: it stays, also of a probe that is forgotten.
CREATE TABLE edns_server (
    day       date NOT NULL,
    batch_no  bigint NOT NULL,
    probe_no  int NOT NULL,
    target_no int NOT NULL,
    ordinal   smallint NOT NULL,          -- the result's line within the batch
    addr      inet NOT NULL,
    passed    boolean                     -- all ten tests; NULL: it answered none, or there was no way to it
);
CREATE INDEX edns_server_batch ON edns_server (probe_no, batch_no);
CREATE INDEX edns_server_day ON edns_server (day);

-- What is there already.
INSERT INTO project_again (probe_no, batch_no)
SELECT DISTINCT probe_no, batch_no FROM result
WHERE check_no = (SELECT check_no FROM check_kind WHERE name = 'edns') AND target_no IN (SELECT target_no FROM target WHERE name ~ '^[a-z]{2}$')
ON CONFLICT DO NOTHING;
