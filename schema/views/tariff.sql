-- Tariffs for analysts: what operators ask, and what members say that they have.

-- What a member calls their subscription is compared by its letters and digits alone.
CREATE OR REPLACE FUNCTION tariff_plain(name text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$ SELECT lower(regexp_replace(name, '[^[:alnum:]]+', '', 'g')) $$;

-- Each subscription that members name now, beside the plan of the same operator that is called so, by its key before its name, and its
-- price today; without one where no import knows it: a tariff that nobody published, or another name for one.
CREATE OR REPLACE VIEW declared_tariff AS
SELECT c.country, k.name AS operator, c.technology, c.tariff, count(*) AS n_probes, p.plan, p.name, p.price, p.currency, p.volume_gb,
       p.validity_days, p.promotion, p.valid_from, p.source, p.retrieved
FROM probe_context c
LEFT JOIN known_operator k USING (operator_no)
LEFT JOIN LATERAL (SELECT s.* FROM plan_price s
                   WHERE s.country = c.country AND (s.operator = k.name OR EXISTS (
                         SELECT FROM operator o JOIN known_operator n USING (operator_no) -- as operator_now, which analysts may not call
                         WHERE (o.country, o.name, n.name) = (s.country, s.operator, k.name))) AND current_date BETWEEN s.valid_from AND coalesce(s.valid_to, 'infinity')
                     AND tariff_plain(c.tariff) IN (tariff_plain(s.plan), tariff_plain(s.name))
                   ORDER BY tariff_plain(c.tariff) <> tariff_plain(s.plan), s.valid_from DESC, s.retrieved DESC, s.source LIMIT 1) p ON true
WHERE c.valid_to = 'infinity' AND c.tariff IS NOT NULL
GROUP BY c.country, k.name, c.technology, c.tariff, p.plan, p.name, p.price, p.currency, p.volume_gb, p.validity_days, p.promotion,
         p.valid_from, p.source, p.retrieved;

SELECT allow('SELECT ON declared_tariff, plan_price, economy, market_part', 'analyst');

-- The plans on sale today at their price, promotions left out, each once: by the source that has the latest price, or of those that have
-- it from the same day on, that was asked last. lines: the technologies of the lines that can have it. A plan of an operator of whom no
-- team has said yes is not public.
CREATE OR REPLACE VIEW public_plan AS
SELECT DISTINCT ON (p.country, k.name, p.plan) p.country, k.name AS operator, p.plan, p.name, p.technology, p.segment, p.price, p.currency,
       p.volume_gb, p.validity_days, p.down_mbps, p.up_mbps, p.throttled_mbps, p.valid_from, p.source, p.source_url, p.retrieved,
       CASE WHEN p.technology IN ('mobile', '3g', '4g', '5g') THEN '{3g,4g,5g}'::text[] -- a pass is for whatever the antenna has
            WHEN p.technology = 'fixed' THEN '{fibre,adsl,radio,satellite}' ELSE ARRAY[p.technology] END AS lines
FROM plan_price p
JOIN operator o ON (o.country, o.name) = (p.country, p.operator)
JOIN known_operator k USING (operator_no)
WHERE NOT p.promotion AND current_date BETWEEN p.valid_from AND coalesce(p.valid_to, 'infinity')
ORDER BY p.country, k.name, p.plan, p.valid_from DESC, p.operator <> k.name, p.retrieved DESC, p.source;

SELECT allow('SELECT ON public_plan', 'reader', 'analyst');
