-- Figures of an indicator may come from several places: words of its kind, with commas between.
ALTER TABLE indicator DROP CONSTRAINT indicator_kind_check;
ALTER TABLE indicator ADD CONSTRAINT indicator_kind_check
    CHECK (kind ~ '^(measured|imported|declared|qualitative)(, (measured|imported|declared|qualitative))*$');

-- The country's own domain, without a dot: names of indicators have it in the place of {cctld}.
ALTER TABLE country ADD cctld text;
