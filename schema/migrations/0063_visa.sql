-- Surveys: the number under which the statistical authority let one be made, where the country asks for it. Without it a figure stays out
-- of reports, unless an editor lets its import in, who is named with the reason (functions/import.sql).
ALTER TABLE country ADD survey_visa text; -- whose: 'INStaD'; NULL: nobody's is asked for
ALTER TABLE indicator_value ADD visa text;
ALTER TABLE import_run
    ADD admitted_at timestamptz,
    ADD admitted_by text,
    ADD admitted_why text,
    ADD CHECK (num_nonnulls(admitted_at, admitted_by, admitted_why) IN (0, 3));
