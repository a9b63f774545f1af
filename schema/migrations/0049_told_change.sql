-- The lines of every change that was told, with marks of what each said in either year (collector/figure/panel.h): the next changes are
-- held against all of them, whatever method, floor or data made what stands in indicator_change again since. No reader's role sees it.
CREATE TABLE told_change (
    told_no        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    indicator      text NOT NULL,
    country        text NOT NULL,
    source         text NOT NULL,
    to_period      text NOT NULL,
    method_version int NOT NULL,
    lines          text[] NOT NULL, -- households, by the name of the last probe
    marks_from     int[],           -- NULL: nobody wrote down what they said
    marks_to       int[]
);
CREATE INDEX told_change_of ON told_change (indicator, country, source, to_period);
INSERT INTO told_change (indicator, country, source, to_period, method_version, lines, marks_from, marks_to)
SELECT c.indicator, c.country, c.source, c.to_period, c.method_version, c.lines, c.marks_from, c.marks_to
FROM indicator_change c, publication_floor f
WHERE c.lines IS NOT NULL AND NOT f.lifted AND NOT (f.lifted_simulated AND c.simulated);
ALTER TABLE indicator_change DROP lines, DROP marks_from, DROP marks_to;
