-- In how many decimals what is measured of an indicator is told (functions/rounding.sql); 6 is the most that a definition has.
ALTER TABLE indicator ADD decimals int NOT NULL DEFAULT 6;
-- Of versions that were made before, it is not known.
ALTER TABLE closed_indicator ADD decimals int;
