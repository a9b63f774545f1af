-- The networks from which a probe's batches came: what "network" means where figures of few lines are hidden, never a text
-- that a member typed. A row a UTC day and prefix, not a batch; kept 13 months (network_retain), gone with probe_forget, and
-- no role below the owner sees it. Batches that `load` brings tell none.
CREATE TABLE probe_network (
    day      date NOT NULL,               -- on which they came
    probe_no int NOT NULL REFERENCES probe,
    prefix   cidr NOT NULL,               -- /24 or /48
    pushes   int NOT NULL,
    PRIMARY KEY (day, probe_no, prefix)
) WITH (fillfactor = 70);
