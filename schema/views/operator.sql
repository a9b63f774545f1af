-- Which operator a number stands for: itself, or the one that it was merged into. No row: what a member typed and no team
-- has said yes to, which figures and lists leave out.
CREATE OR REPLACE VIEW known_operator AS
SELECT o.operator_no, k.operator_no AS known_no, k.country, k.name
FROM operator o
JOIN operator k ON k.operator_no = coalesce(o.merged_into, o.operator_no)
WHERE k.state IN ('pack', 'accepted');

-- The names, once each.
CREATE OR REPLACE VIEW public_operator_name AS
SELECT country, name FROM operator WHERE state IN ('pack', 'accepted');

SELECT allow('SELECT ON known_operator', 'analyst');
SELECT allow('SELECT ON public_operator_name', 'reader', 'analyst');
