-- id: SEC5
-- check: edns
-- name.fr: Conformité EDNS
-- name.en: EDNS compliance
-- unit: % of servers
-- unit.fr: % des serveurs
-- decimals: 1
-- better: high
-- status: proposed
-- nature: quantitative
-- kind: measured
-- over: objects
-- method: 1
-- dimensions: zone
-- aggregate: mean
-- headline.fr: {mean} % des serveurs de noms du domaine national passent les dix essais EDNS {where}.
-- headline.en: {mean}% of the national domain's name servers pass all ten EDNS tests {where}.
-- definition.fr: Part des adresses de serveurs de noms du domaine {cctld} qui passent les dix essais de conformité EDNS (RFC 6891), parmi celles qui ont pu être interrogées. Compte des serveurs, quel que soit le nombre de noms qu’ils servent, et ne dit rien d’un foyer. Chaque foyer a une voix par adresse, selon ce que donnent plus de la moitié de ses essais de l’année ; l’adresse passe si plus de la moitié des voix le disent : un routeur domestique qui altère les réponses ne condamne pas un serveur. Un essai resté sans réponse à la question simple ne compte pas, il peut tenir à la ligne. Une adresse compte à partir de cinq foyers sur cinq réseaux et de trente jours d’essais ; la note dit combien comptent.
-- definition.en: Share of name servers' addresses of the domain {cctld} that pass all ten tests of EDNS compliance (RFC 6891), among those that could be asked. It counts servers, however many names they serve, and tells nothing of a household. Each household has one voice of an address, by what more than half of its tests of the year came to; the address passes where more than half of the voices say so: a router at home that meddles with answers condemns no server. A test without an answer to the plain query does not count, as that may be for the line. An address counts from five households on five networks and thirty days of tests on; the note says how many do.
SELECT k.iso AS country, host(s.addr) AS object, s.day, s.probe_no, s.passed AS good
FROM edns_server s
JOIN target t USING (target_no)
JOIN country k ON k.cctld = lower(rtrim(t.name, '.'))
WHERE s.day >= $1 AND s.day < $2
  -- A box that hung on another line on that day asked it from there, or nobody knows from where.
  AND NOT EXISTS (SELECT FROM rollup_other o JOIN check_kind c USING (check_no) WHERE c.name = 'edns' AND (o.probe_no, o.day) = (s.probe_no, s.day))
  AND NOT EXISTS (SELECT FROM retained r JOIN batch_key b ON (b.probe_no, b.batch_no) = (s.probe_no, s.batch_no) AND b.received_at >= r.dropped_at
                  WHERE r.parent = 'result' AND r.month = date_trunc('month', s.day)::date) -- what came later is in no figure
