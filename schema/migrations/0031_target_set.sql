-- The targets to which a figure is measured: fixed sets, whose change is a change of method.
CREATE TABLE target_set (
    country text NOT NULL,
    version int NOT NULL CHECK (version > 0),
    since   int NOT NULL DEFAULT 0, -- the first year that is measured to it
    PRIMARY KEY (country, version)
);
CREATE TABLE target_member (
    country  text NOT NULL,
    version  int NOT NULL,
    scope    text NOT NULL CHECK (scope IN ('domestic', 'abroad')),
    target   text NOT NULL,
    operator text,                  -- in whose network it stands
    place    text,                  -- where it stands abroad
    PRIMARY KEY (country, version, scope, target),
    FOREIGN KEY (country, version) REFERENCES target_set
);

-- Of which network the addresses were at which a probe found a target of a set on a day: kept with the day, for when its
-- results are gone.
CREATE TABLE rollup_day_origin (
    day       date NOT NULL,
    probe_no  int NOT NULL,
    target_no int NOT NULL,
    af        smallint NOT NULL,
    asns      bigint[] NOT NULL,
    PRIMARY KEY (probe_no, day, target_no, af)
);

ALTER TABLE indicator ADD target_set text CHECK (target_set IN ('domestic', 'abroad'));
ALTER TABLE indicator_value ADD target_set int;
-- Versions of closed years have what figures have; those that were closed before were measured to no set.
ALTER TABLE closed_indicator ADD target_set text;
ALTER TABLE closed_figure ADD target_set int;
