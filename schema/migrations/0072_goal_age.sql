-- Of what ages a goal of a survey speaks, in the words of the figures' column ("15+"); NULL: none are named. A share of people of
-- 15 and over is not one of people of all ages.
ALTER TABLE goal ADD age_group text;
DROP INDEX goal_key;
CREATE UNIQUE INDEX goal_key ON goal (country, indicator, statistic, technology, age_group, by_year, source_en) NULLS NOT DISTINCT;
DROP FUNCTION IF EXISTS goal_standing(int);
