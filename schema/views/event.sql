-- What happened, for everybody; who brought it is the team's affair.
CREATE OR REPLACE VIEW public_event AS
SELECT e.country, e.date, e.geo, d.name AS place, e.kind, e.title_fr, e.title_en, e.source, e.source_url, e.retrieved, e.note
FROM event e
LEFT JOIN department d ON d.iso = e.geo;

SELECT allow('SELECT ON public_event', 'reader', 'analyst');
