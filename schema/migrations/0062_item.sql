-- Several figures of one indicator may differ by what they are of: a barrier, a speed tier, a level of education. What an indicator's
-- items are stands in its file.
ALTER TABLE indicator_value ADD item text;
DROP INDEX indicator_value_key;
CREATE UNIQUE INDEX indicator_value_key ON indicator_value (indicator, period, statistic, country, geo, operator,
    technology, family, zone, sex, age_group, plan, item, source) NULLS NOT DISTINCT;
-- Gives items as well (functions/changes.sql).
DROP FUNCTION IF EXISTS closed_changes(int, int, int);
