-- A box and those that took its place, one after the other: a household, called by the last. Only what was replaced is listed.
CREATE OR REPLACE VIEW probe_household AS
WITH RECURSIVE line AS (
    SELECT probe_no, replaced_by AS next_no FROM probe WHERE replaced_by IS NOT NULL
    UNION -- not ALL: two boxes may have replaced each other
    SELECT l.probe_no, p.replaced_by FROM line l JOIN probe p ON p.probe_no = l.next_no WHERE p.replaced_by IS NOT NULL
)
SELECT l.probe_no, coalesce(min(l.next_no) FILTER (WHERE n.replaced_by IS NULL), min(l.next_no)) AS household
FROM line l
JOIN probe n ON n.probe_no = l.next_no
GROUP BY l.probe_no;
