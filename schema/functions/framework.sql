-- Editions of the framework of indicators. Each function that changes one answers with a word; what it refuses it leaves as it was.

-- The groups that are asked. The founding text names the first six; in the seventh are all others who have something to say.
INSERT INTO stakeholder_group VALUES
    ('administrations', 1, 'Administrations publiques', 'Public administrations'),
    ('operators', 2, 'Opérateurs', 'Operators'),
    ('technical-community', 3, 'Communauté technique', 'Technical community'),
    ('universities', 4, 'Universités et recherche', 'Universities and research'),
    ('users', 5, 'Utilisateurs', 'Users'),
    ('diaspora', 6, 'Diaspora', 'Diaspora'),
    ('civil-society', 7, 'Société civile et entreprises', 'Civil society and companies')
ON CONFLICT (stakeholder_group) DO UPDATE SET place = excluded.place, name_fr = excluded.name_fr, name_en = excluded.name_en
WHERE (stakeholder_group.place, stakeholder_group.name_fr, stakeholder_group.name_en) IS DISTINCT FROM (excluded.place, excluded.name_fr, excluded.name_en);

-- ---- frozen ----

-- What belongs to an adopted edition never changes, whoever asks, but for a name that is taken out (framework_unname). The edition's row
-- is locked: it cannot be adopted under a change that is under way.
CREATE OR REPLACE FUNCTION framework_frozen() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    of_framework framework;
BEGIN
    FOR of_framework IN
        SELECT w.* FROM framework w
        WHERE w.framework_no IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.framework_no END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.framework_no END)
        FOR SHARE
    LOOP
        IF of_framework.adopted_at IS NOT NULL AND NOT (
            TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'framework_comment' AND to_jsonb(NEW)->'person' = 'null'
            AND to_jsonb(NEW)->'organisation' IN ('null', to_jsonb(OLD)->'organisation')
            AND to_jsonb(NEW) - '{person,organisation}'::text[] = to_jsonb(OLD) - '{person,organisation}'::text[]
            AND EXISTS (SELECT FROM framework_unnamed u WHERE u.framework_no = of_framework.framework_no
                        AND u.number = (to_jsonb(OLD)->>'number')::int)) THEN
            RAISE EXCEPTION 'edition % of the framework of % is adopted, and never changes', of_framework.edition, of_framework.country;
        END IF;
    END LOOP;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;

CREATE OR REPLACE FUNCTION framework_forever() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.adopted_at IS NOT NULL THEN
        RAISE EXCEPTION 'edition % of the framework of % is adopted, and never changes', OLD.edition, OLD.country;
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;

CREATE OR REPLACE FUNCTION framework_whole() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM framework WHERE adopted_at IS NOT NULL) THEN
        RAISE EXCEPTION 'an adopted edition of the framework never changes';
    END IF;
    RETURN NULL;
END
$$;

DO $$
DECLARE
    part text;
BEGIN
    FOREACH part IN ARRAY '{framework,framework_indicator,framework_comment,framework_rating}'::text[] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER framework_whole BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION framework_whole()',
                       part);
        EXECUTE format('CREATE OR REPLACE TRIGGER framework_frozen BEFORE %s ON %I FOR EACH ROW EXECUTE FUNCTION %s()',
                       CASE part WHEN 'framework' THEN 'UPDATE OR DELETE' ELSE 'INSERT OR UPDATE OR DELETE' END, part,
                       CASE part WHEN 'framework' THEN 'framework_forever' ELSE 'framework_frozen' END);
    END LOOP;
END $$;

-- ---- which one ----

-- The edition of that name; without one, the open one, or else the last that was adopted.
CREATE OR REPLACE FUNCTION framework_find(of_country text, of_edition text) RETURNS SETOF framework
LANGUAGE sql STABLE AS $$
    SELECT w.* FROM framework w
    WHERE w.country = of_country AND w.edition = coalesce(of_edition, w.edition)
    ORDER BY w.adopted_at DESC NULLS FIRST LIMIT 1
$$;

-- Is it there to be changed? Nobody adopts it meanwhile. NULL when it is; else 'frozen', or 'none'.
CREATE OR REPLACE FUNCTION framework_refusal(of_framework int) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    found framework;
BEGIN
    SELECT w.* INTO found FROM framework w WHERE w.framework_no = of_framework FOR UPDATE;
    RETURN CASE WHEN found.framework_no IS NULL THEN 'none' WHEN found.adopted_at IS NOT NULL THEN 'frozen' END;
END
$$;

-- ---- a consultation ----

-- Opens an edition with the indicators that the program has ([{"indicator", "name_fr", …}], as framework_indicator). What the last
-- edition adopted or retired is so in this one as well, and keeps its proposer; what is new stands as its file says. 'done'; 'past',
-- the day for comments is over; 'open', another one is; 'exists'.
CREATE OR REPLACE FUNCTION framework_open(of_country text, of_edition text, by_whom text, until_day date, indicators jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    before int := (SELECT w.framework_no FROM framework_find(of_country, NULL) w);
    number int;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('internetmetre framework')); -- not twice at once
    IF until_day < (now() AT TIME ZONE 'UTC')::date THEN
        RETURN 'past';
    ELSIF EXISTS (SELECT FROM framework w WHERE w.country = of_country AND w.adopted_at IS NULL) THEN
        RETURN 'open';
    ELSIF EXISTS (SELECT FROM framework w WHERE w.country = of_country AND w.edition = of_edition) THEN
        RETURN 'exists';
    END IF;
    INSERT INTO framework (country, edition, opened_by, comments_to) VALUES (of_country, of_edition, by_whom, until_day)
    RETURNING framework_no INTO number;
    INSERT INTO framework_indicator
    SELECT (jsonb_populate_record(o, to_jsonb(i) - ARRAY['framework_no', 'status', 'proposer', 'why']
            || jsonb_build_object('framework_no', number, 'status', coalesce(o.status, i.status), 'proposer', coalesce(o.proposer, by_whom)))).*
    FROM jsonb_populate_recordset(NULL::framework_indicator, indicators) i
    LEFT JOIN framework_indicator o ON o.framework_no = before AND o.indicator = i.indicator;
    -- What the program has no file of stays as it was put then.
    INSERT INTO framework_indicator
    SELECT (jsonb_populate_record(o, jsonb_build_object('framework_no', number))).* FROM framework_indicator o
    WHERE o.framework_no = before
      AND NOT EXISTS (SELECT FROM framework_indicator n WHERE n.framework_no = number AND n.indicator = o.indicator);
    RETURN 'done';
END
$$;

-- Puts an indicator to the consultation, or its text anew: 'done', 'again', or the refusal.
CREATE OR REPLACE FUNCTION framework_propose(of_framework int, one jsonb, by_whom text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    refusal text := framework_refusal(of_framework);
    was     framework_indicator;
BEGIN
    IF refusal IS NOT NULL THEN
        RETURN refusal;
    END IF;
    SELECT * INTO was FROM framework_indicator m WHERE m.framework_no = of_framework AND m.indicator = one->>'indicator';
    DELETE FROM framework_rating r WHERE r.framework_no = of_framework AND r.indicator = was.indicator AND one->>'nature' <> 'qualitative';
    INSERT INTO framework_indicator
    SELECT (jsonb_populate_record(NULL::framework_indicator,
            one || jsonb_build_object('framework_no', of_framework, 'status', 'proposed', 'proposer', by_whom, 'why', NULL))).*
    ON CONFLICT (framework_no, indicator) DO UPDATE SET status = 'proposed', proposer = excluded.proposer, why = NULL,
        nature = excluded.nature, kind = excluded.kind, measured_by = excluded.measured_by, dimensions = excluded.dimensions,
        waits_fr = excluded.waits_fr, waits_en = excluded.waits_en,
        method_version = excluded.method_version, name_fr = excluded.name_fr, name_en = excluded.name_en, unit_fr = excluded.unit_fr,
        unit_en = excluded.unit_en, definition_fr = excluded.definition_fr, definition_en = excluded.definition_en;
    RETURN CASE WHEN was.indicator IS NULL THEN 'done' ELSE 'again' END;
END
$$;

-- Takes one out: it stays in the edition as retired. 'done', 'unknown', or the refusal.
CREATE OR REPLACE FUNCTION framework_retire(of_framework int, of_indicator text, reason text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    refusal text := framework_refusal(of_framework);
BEGIN
    IF refusal IS NOT NULL THEN
        RETURN refusal;
    END IF;
    UPDATE framework_indicator SET status = 'retired', why = reason WHERE framework_no = of_framework AND indicator = of_indicator;
    RETURN CASE WHEN FOUND THEN 'done' ELSE 'unknown' END;
END
$$;

-- Stores the comments ([{"indicator", "stakeholder_group", …}], as framework_comment) of an import in their order, numbered from the
-- last one on; those that are there already, of whoever says who it is, stay with the answer that they have. A name that was taken out
-- does not come back with the same comment; another's who says just that on that day is left out too, and no comment is. Returns how
-- many came, or -1 of an edition that is not open.
CREATE OR REPLACE FUNCTION framework_comments(of_framework int, comments jsonb, of_run int) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
    one  jsonb;
    came int := 0;
    first int;
BEGIN
    IF framework_refusal(of_framework) IS NOT NULL THEN -- which also lets two imports number one after the other
        RETURN -1;
    END IF;
    SELECT 1 + w.numbered INTO first FROM framework w WHERE w.framework_no = of_framework;
    FOR one IN SELECT value FROM jsonb_array_elements(comments) WITH ORDINALITY ORDER BY ordinality LOOP
        INSERT INTO framework_comment (framework_no, number, indicator, stakeholder_group, organisation, person, said_on, comment, run)
        SELECT of_framework, first + came, c.indicator, c.stakeholder_group, CASE WHEN u.whole IS NOT TRUE THEN c.organisation END,
               CASE WHEN u.whole IS NULL THEN c.person END, c.said_on, c.comment, of_run
        FROM jsonb_populate_record(NULL::framework_comment, one) c
        LEFT JOIN LATERAL (
            SELECT bool_or(x.organisation) AS whole FROM framework_unnamed x
            JOIN framework_comment o USING (framework_no, number)
            WHERE x.framework_no = of_framework AND o.indicator IS NOT DISTINCT FROM c.indicator
              AND (o.stakeholder_group, o.said_on, o.comment) = (c.stakeholder_group, c.said_on, c.comment)
              AND (x.organisation OR o.organisation IS NOT DISTINCT FROM c.organisation)
              AND NOT EXISTS (SELECT FROM framework_comment n
                              WHERE n.framework_no = of_framework AND n.comment = c.comment AND n.stakeholder_group = c.stakeholder_group
                                AND (n.indicator, n.organisation, n.person) IS NOT DISTINCT FROM (c.indicator, c.organisation, c.person))
        ) u ON true
        ON CONFLICT DO NOTHING;
        IF FOUND THEN
            came := came + 1;
        END IF;
    END LOOP;
    UPDATE framework SET numbered = numbered + came WHERE framework_no = of_framework AND came > 0;
    RETURN came;
END
$$;

-- Answers a comment, or answers it anew: 'done', 'unknown', or the refusal.
CREATE OR REPLACE FUNCTION framework_answer(of_framework int, of_number int, of_verdict text, text_of text, by_whom text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    refusal text := framework_refusal(of_framework);
BEGIN
    IF refusal IS NOT NULL THEN
        RETURN refusal;
    END IF;
    UPDATE framework_comment SET verdict = of_verdict, answer = text_of, answered_by = by_whom, answered_at = now()
    WHERE framework_no = of_framework AND number = of_number;
    RETURN CASE WHEN FOUND THEN 'done' ELSE 'unknown' END;
END
$$;

-- Takes the person out of a comment, and where that names somebody the organisation as well; who did it is kept. 'done', 'unknown', or
-- 'nobody' is named there.
CREATE OR REPLACE FUNCTION framework_unname(of_framework int, of_number int, whole boolean, by_whom text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    said framework_comment;
BEGIN
    SELECT c.* INTO said FROM framework_comment c WHERE (c.framework_no, c.number) = (of_framework, of_number) FOR UPDATE;
    IF said.number IS NULL THEN
        RETURN 'unknown';
    ELSIF said.person IS NULL AND (said.organisation IS NULL OR NOT whole) THEN
        RETURN 'nobody';
    END IF;
    INSERT INTO framework_unnamed (framework_no, number, organisation, unnamed_by) VALUES (of_framework, of_number, whole, by_whom);
    UPDATE framework_comment SET person = NULL, organisation = CASE WHEN NOT whole THEN organisation END
    WHERE (framework_no, number) = (of_framework, of_number);
    RETURN 'done';
END
$$;

-- What one of two raters says of a qualitative indicator; who rated it already says it anew. 'done', 'unknown', 'quantitative', 'retired',
-- 'two' others did, or the refusal.
CREATE OR REPLACE FUNCTION framework_rate(of_framework int, of_indicator text, by_whom text, said int, because text, url text, of_day date) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    refusal text := framework_refusal(of_framework);
BEGIN
    refusal := coalesce(refusal, (
        SELECT CASE WHEN m.nature <> 'qualitative' THEN 'quantitative' WHEN m.status = 'retired' THEN 'retired'
                    WHEN (SELECT count(*) FROM framework_rating r
                          WHERE (r.framework_no, r.indicator) = (of_framework, of_indicator) AND lower(r.rater) <> lower(by_whom)) >= 2 THEN 'two'
                    ELSE 'fine' END
        FROM framework_indicator m WHERE m.framework_no = of_framework AND m.indicator = of_indicator), 'unknown');
    IF refusal <> 'fine' THEN
        RETURN refusal;
    END IF;
    DELETE FROM framework_rating r WHERE (r.framework_no, r.indicator) = (of_framework, of_indicator) AND lower(r.rater) = lower(by_whom);
    INSERT INTO framework_rating VALUES (of_framework, of_indicator, by_whom, said, because, url, of_day);
    RETURN 'done';
END
$$;

-- ---- adopting it ----

-- What an edition lacks before it can be adopted: 'answer', comments by number; 'rating', qualitative indicators without two raters;
-- 'voice', that anybody speaks at all; 'until', the day that was named is over (UTC).
CREATE OR REPLACE FUNCTION framework_lacking(of_framework int) RETURNS TABLE (kind text, what text)
LANGUAGE sql STABLE AS $$
    (SELECT 'answer', c.number::text FROM framework_comment c WHERE c.framework_no = of_framework AND c.answer IS NULL ORDER BY c.number)
    UNION ALL
    (SELECT 'rating', m.indicator FROM framework_indicator m
     WHERE m.framework_no = of_framework AND m.nature = 'qualitative' AND m.status <> 'retired'
       AND (SELECT count(*) FROM framework_rating r WHERE (r.framework_no, r.indicator) = (m.framework_no, m.indicator)) < 2
     ORDER BY m.indicator)
    UNION ALL
    SELECT 'voice', '' WHERE NOT EXISTS (SELECT FROM framework_comment c WHERE c.framework_no = of_framework)
    UNION ALL
    SELECT 'until', w.comments_to::text FROM framework w
    WHERE w.framework_no = of_framework AND w.comments_to >= (now() AT TIME ZONE 'UTC')::date
$$;

-- Adopts what is proposed, and freezes the edition. Where something is missing, only for a reason, which stays with it. 'done',
-- 'lacking', 'empty', or the refusal.
CREATE OR REPLACE FUNCTION framework_adopt(of_framework int, by_whom text, because text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    refusal text := framework_refusal(of_framework);
    lacks   boolean := EXISTS (SELECT FROM framework_lacking(of_framework));
BEGIN
    IF refusal IS NULL AND NOT EXISTS (SELECT FROM framework_indicator m WHERE m.framework_no = of_framework AND m.status <> 'retired') THEN
        refusal := 'empty';
    ELSIF refusal IS NULL AND lacks AND because IS NULL THEN
        refusal := 'lacking';
    END IF;
    IF refusal IS NULL THEN
        UPDATE framework_indicator SET status = 'adopted' WHERE framework_no = of_framework AND status = 'proposed';
        UPDATE framework SET adopted_at = now(), adopted_by = by_whom, reason = CASE WHEN lacks THEN because END
        WHERE framework_no = of_framework;
    END IF;
    RETURN coalesce(refusal, 'done');
END
$$;

-- ---- reading it ----

-- Where what the program's files say now ([{"indicator", "name_fr", …}]) is not what was consulted on: the columns, or 'file' where there
-- is none.
CREATE OR REPLACE FUNCTION framework_differs(of_framework int, indicators jsonb) RETURNS TABLE (indicator text, what text[])
LANGUAGE sql STABLE AS $$
    SELECT m.indicator, CASE WHEN given.one IS NULL THEN '{file}' ELSE changed.what END
    FROM framework_indicator m
    LEFT JOIN (SELECT value AS one FROM jsonb_array_elements(indicators)) given ON given.one->>'indicator' = m.indicator
    CROSS JOIN LATERAL (SELECT coalesce(array_agg(k.key ORDER BY k.key), '{}') AS what FROM jsonb_each(given.one) k
                        WHERE k.key <> 'status' AND k.value IS DISTINCT FROM to_jsonb(m)->k.key) changed
    WHERE m.framework_no = of_framework AND m.status <> 'retired' AND (given.one IS NULL OR cardinality(changed.what) > 0)
    ORDER BY m.indicator
$$;

-- Who spoke, and who did not: every group that is asked.
CREATE OR REPLACE FUNCTION framework_voices(of_framework int)
RETURNS TABLE (stakeholder_group text, name_fr text, name_en text, comments bigint, organisations bigint, answered bigint, taken bigint, partly bigint)
LANGUAGE sql STABLE AS $$
    SELECT g.stakeholder_group, g.name_fr, g.name_en, count(c.number), count(DISTINCT c.organisation), count(c.answer),
           count(*) FILTER (WHERE c.verdict = 'taken'), count(*) FILTER (WHERE c.verdict = 'partly')
    FROM stakeholder_group g
    LEFT JOIN framework_comment c ON c.framework_no = of_framework AND c.stakeholder_group = g.stakeholder_group
    GROUP BY g.stakeholder_group
    ORDER BY g.place
$$;

-- All of an edition that its document and its form are made of, in the order in which they tell it: families of indicators by their
-- letters, in each by number.
CREATE OR REPLACE FUNCTION framework_document(of_framework int) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT to_jsonb(w) || jsonb_build_object(
        'opened_on', (w.opened_at AT TIME ZONE 'UTC')::date, 'adopted_on', (w.adopted_at AT TIME ZONE 'UTC')::date,
        'indicators', (SELECT coalesce(jsonb_agg(to_jsonb(m) || jsonb_build_object('family', substring(m.indicator FROM '^[A-Za-z]+'))
            ORDER BY substring(m.indicator FROM '^[A-Za-z]+'), substring(m.indicator FROM '^[A-Za-z]+([0-9]{1,9})')::int NULLS LAST, m.indicator), '[]')
            FROM framework_indicator m WHERE m.framework_no = w.framework_no),
        'comments', (SELECT coalesce(jsonb_agg(to_jsonb(c) || jsonb_build_object('group_fr', g.name_fr, 'group_en', g.name_en) ORDER BY c.number), '[]')
            FROM framework_comment c JOIN stakeholder_group g USING (stakeholder_group) WHERE c.framework_no = w.framework_no),
        'ratings', (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.indicator, lower(r.rater)), '[]')
            FROM framework_rating r WHERE r.framework_no = w.framework_no),
        'voices', (SELECT jsonb_agg(to_jsonb(v)) FROM framework_voices(w.framework_no) v))
    FROM framework w WHERE w.framework_no = of_framework
$$;

REVOKE EXECUTE ON FUNCTION framework_frozen, framework_forever, framework_whole, framework_find, framework_refusal, framework_open,
    framework_propose, framework_retire, framework_comments, framework_answer, framework_unname, framework_rate, framework_lacking, framework_adopt,
    framework_differs, framework_voices, framework_document FROM PUBLIC;
