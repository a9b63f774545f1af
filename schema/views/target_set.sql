-- The sets of targets, as everybody may see them: who stands in them, and in whose network nobody knows a target yet. An
-- operator that a member typed is not named here.
CREATE OR REPLACE VIEW public_target_set AS
SELECT s.country, s.version, s.since, k.scope,
       (SELECT string_agg(m.target || coalesce(' (' || coalesce(m.operator, m.place) || ')', ''), ', ' ORDER BY m.target)
        FROM target_member m WHERE (m.country, m.version, m.scope) = (s.country, s.version, k.scope)) AS targets,
       (SELECT string_agg(o.name, ', ' ORDER BY o.name)
        FROM operator o
        WHERE o.country = s.country AND o.state = 'pack' AND k.scope = 'domestic'
          AND NOT EXISTS (SELECT FROM target_member m WHERE (m.country, m.version, m.scope, m.operator) = (s.country, s.version, k.scope, o.name))
       ) AS lacking
FROM target_set s
CROSS JOIN (VALUES ('domestic'), ('abroad')) AS k (scope);

SELECT allow('SELECT ON public_target_set', 'reader', 'analyst');
