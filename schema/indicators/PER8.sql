-- id: PER8
-- check: ping
-- name.fr: Perte de paquets
-- name.en: Packet loss
-- unit: %
-- decimals: 2
-- better: low
-- status: proposed
-- nature: quantitative
-- kind: measured
-- method: 6
-- dimensions: operator, department, technology, zone
-- aggregate: mean
-- headline.fr: {mean} % des paquets se perdent en route {where}.
-- headline.en: {mean}% of packets are lost on the way {where}.
-- definition.fr: Part des paquets « ping » restés sans réponse (RFC 6673), parmi tous les paquets envoyés. Une mesure qui n’a pu envoyer aucun paquet, faute de chemin vers la cible, compte comme entièrement perdue, et pour autant de paquets que les autres du même jour en moyenne ; celles dont la cible n’a pas d’adresse n’y comptent pas, et leur nombre, par tranche, est publié à côté du chiffre d’ensemble. Seules comptent les cibles connues de tous, celles des données du pays et des tâches que le collecteur donne à toutes les sondes, non celles qu’un membre ajoute aux siennes. Une part par sonde et par jour, la moyenne de ces jours pour chaque ligne, puis la moyenne des lignes. Une ligne y pèse autant de jours qu’on en attendait d’elle (de son premier jour de mesure à son départ, sinon au dernier jour de la période où une sonde a mesuré), un jour mesuré ne comptant pas pour plus de quatre ; aucune n’y pèse plus d’un cinquième, et les deux plus grandes n’y donnent chacune pas plus de cinq fois ce que font ensemble toutes les autres, ces deux-là exceptées : si elles sont seules à perdre, la moyenne est nulle ; celles dont une même personne ou équipe se porte garante, pas plus que toutes les autres ensemble. Ce que le boîtier mesure par une autre ligne que celle qui est déclarée (un téléphone à la place de la fibre) n’y compte pas ; un jour entier sans courant, ou passé sur une autre ligne, n’est pas attendu. Une sonde muette, qui n’a plus rien donné les quatorze derniers jours mesurés sans que personne l’ait retirée, y compte par ce qu’elle a donné avant ; leur nombre, par tranche, est publié de même (n_silent). Les boîtiers qui se sont remplacés dans un foyer sont une seule ligne.
-- definition.en: Share of "ping" packets without an answer (RFC 6673), among all packets sent. A measurement that could not send a packet, for want of a way to the target, counts as wholly lost, and for as many packets as the others of its day on average; those whose target has no address do not count, and how many there were is published, in steps, beside the overall figure. Only targets that are everybody's count, those of the country's data and of the tasks that the collector gives to all probes, not those that a member adds to their own. One share a probe and day, of each line the mean of its days, then the mean of the lines. A line weighs as many days as were expected of it (from its first day of measurement to its departure, else to the last day of the period on which any probe measured), no day with a value counting for more than four; none weighs more than a fifth, and the two largest each give no more than five times what all others but these two come to: where they alone lose, the mean is zero; those that one person or team vouches for weigh no more than all others together. What the box measures over another line than the declared one (a phone in the place of fibre) does not count; a whole day without power, or on another line, is not expected. A silent probe, which gave nothing on the last fourteen days of measurement though nobody took it away, counts with what it gave before; how many there are is published likewise (n_silent). Boxes that replaced one another in a household are one line.
SELECT day, probe_no, NULL AS family,
       percent_failed(share_of(sum(rcvd), sum(sent)) * sum(counted), sum(tried)) AS value, sum(believed) AS samples,
       sum(unnamed) AS failed
FROM day_packet
LEFT JOIN target t USING (target_no)
WHERE check_name = 'ping' AND coalesce(t.ours, true) AND day >= $1 AND day < $2
GROUP BY day, probe_no
