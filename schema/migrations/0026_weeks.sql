-- Views that told of single probes what a column said to the day are made again with weeks.
DROP VIEW IF EXISTS public_probe, public_edns_league;
