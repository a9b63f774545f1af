-- The simulated country that a collector holds, if any: what was asked for, and how far it has come. Its probes are those of `probe`
-- that are simulated (functions/simulation.sql).
CREATE TABLE simulation (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    country  text NOT NULL,
    probes   int NOT NULL,
    first    date NOT NULL,
    last     date NOT NULL,               -- both within
    seed     text NOT NULL,
    events   text NOT NULL,               -- SHA-256 of the file of events, '' without one
    way      text NOT NULL CHECK (way IN ('batches', 'rollups')),
    done     int NOT NULL DEFAULT 0,      -- probes of which all is there
    began_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz
);
