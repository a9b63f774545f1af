BEGIN;
SELECT plan(66);

CREATE FUNCTION pg_temp.indicator(id text, of_nature text DEFAULT 'quantitative', definition text DEFAULT 'd', of_status text DEFAULT 'proposed') RETURNS jsonb
LANGUAGE sql AS $$
    SELECT jsonb_build_object('indicator', id, 'status', of_status, 'nature', of_nature, 'kind', 'imported', 'measured_by', NULL,
        'dimensions', '["zone"]'::jsonb, 'method_version', 1, 'name_fr', 'n', 'name_en', 'n', 'unit_fr', '%', 'unit_en', '%',
        'definition_fr', definition, 'definition_en', 'd')
$$;
CREATE FUNCTION pg_temp.comment(of_group text, about text, text_of text, who text DEFAULT NULL) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('indicator', about, 'stakeholder_group', of_group, 'organisation', who, 'said_on', '2027-03-01', 'comment', text_of)
$$;
CREATE FUNCTION pg_temp.refuses(what text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE what;
    RETURN false;
EXCEPTION WHEN raise_exception THEN
    RETURN true;
END $$;
CREATE FUNCTION pg_temp.no(of_edition text) RETURNS int LANGUAGE sql AS $$
    SELECT framework_no FROM framework WHERE (country, edition) = ('XA', of_edition)
$$;
CREATE VIEW pg_temp.members AS
SELECT w.edition, m.indicator, m.status, m.proposer, m.why, m.definition_fr FROM framework_indicator m JOIN framework w USING (framework_no)
WHERE w.country = 'XA' ORDER BY 1, 2;

-- ---- opening one ----

SELECT is_empty($$SELECT * FROM framework_find('XA', NULL)$$, 'there is none at first');
SELECT is(framework_open('XA', '2027', 'Aïcha', '2999-06-30', jsonb_build_array(pg_temp.indicator('A'), pg_temp.indicator('B'),
          pg_temp.indicator('Q', 'qualitative'), pg_temp.indicator('OLD', of_status => 'retired'))), 'done', 'one is opened');
SELECT is(framework_open('XC', '2027', 'Aïcha', '2020-01-01', '[]'), 'past', 'with time to speak');
SELECT is(framework_open('XA', '2028', 'Aïcha', NULL, '[]'), 'open', 'and no other beside it');
SELECT is(framework_open('XB', '2027', 'Bio', NULL, '[]'), 'done', 'but for another country''s');
SELECT results_eq('SELECT indicator, status, proposer FROM pg_temp.members',
                  $$VALUES ('A', 'proposed', 'Aïcha'), ('B', 'proposed', 'Aïcha'), ('OLD', 'retired', 'Aïcha'), ('Q', 'proposed', 'Aïcha')$$,
                  'it has what the program has, as its files say');
SELECT results_eq($$SELECT kind, what FROM framework_lacking(pg_temp.no('2027')) WHERE kind <> 'until'$$,
                  $$VALUES ('rating', 'Q'), ('voice', '')$$, 'and waits for people to speak');

-- ---- what is put to the consultation ----

SELECT is(framework_propose(pg_temp.no('2027'), pg_temp.indicator('C'), 'Réseau des universités'), 'done', 'somebody proposes one more');
SELECT is(framework_propose(pg_temp.no('2027'), pg_temp.indicator('B', definition => 'better'), 'Bio'), 'again', 'or another text');
SELECT is(framework_propose(0, pg_temp.indicator('B'), 'Bio'), 'none', 'in an edition that there is');
SELECT is(framework_retire(pg_temp.no('2027'), 'C', 'nobody publishes it'), 'done', 'one is taken out');
SELECT is(framework_retire(pg_temp.no('2027'), 'NONE', 'why'), 'unknown', 'of those that there are');
SELECT results_eq($$SELECT status, proposer, why, definition_fr FROM pg_temp.members WHERE indicator IN ('B', 'C')$$,
                  $$VALUES ('proposed', 'Bio', NULL, 'better'), ('retired', 'Réseau des universités', 'nobody publishes it', 'd')$$,
                  'and stays, with the reason');

-- ---- comments ----

SELECT is(framework_comments(pg_temp.no('2027'), jsonb_build_array(pg_temp.comment('users', 'A', 'too long', 'UFC'),
          pg_temp.comment('diaspora', NULL, 'and we?'), pg_temp.comment('users', 'A', 'too long', 'UFC')), NULL), 2,
          'comments come in their order, each once');
SELECT is(framework_answer(pg_temp.no('2027'), 1, 'taken', 'shortened', 'Aïcha'), 'done', 'one is answered');
SELECT is(framework_comments(pg_temp.no('2027'), jsonb_build_array(pg_temp.comment('users', 'A', 'too long', 'UFC'),
          pg_temp.comment('users', 'A', 'too long', 'Other')), NULL), 1, 'a form that comes again brings what is new');
SELECT results_eq($$SELECT number, indicator, organisation, verdict, answer FROM framework_comment ORDER BY 1$$,
                  $$VALUES (1, 'A', 'UFC', 'taken', 'shortened'), (2, NULL, NULL, NULL, NULL), (3, 'A', 'Other', NULL, NULL)$$,
                  'and each keeps its number and its answer');
SAVEPOINT named;
SELECT framework_unname(pg_temp.no('2027'), 1, true, 'Aïcha') \g /dev/null
SELECT framework_comments(pg_temp.no('2027'), jsonb_build_array(pg_temp.comment('users', 'A', 'too long', 'UFC'),
       pg_temp.comment('users', 'A', 'too long', 'Other'), pg_temp.comment('users', 'A', 'as well', 'UFC'),
       pg_temp.comment('users', 'A', 'named', 'UFC') || '{"person": "Bio"}'), NULL) \g /dev/null
SELECT results_eq($$SELECT organisation, comment FROM framework_comment WHERE number > 3 ORDER BY number$$,
                  $$VALUES (NULL::text, 'too long'), ('UFC', 'as well'), ('UFC', 'named')$$, 'a name that was taken out of a comment does not come back with it');
SELECT framework_unname(pg_temp.no('2027'), 6, false, 'Aïcha') \g /dev/null
SELECT is(framework_comments(pg_temp.no('2027'), jsonb_build_array(pg_temp.comment('users', 'A', 'named', 'UFC') || '{"person": "Bio"}'), NULL), 0,
          'nor one of a person whose organisation stays');
SELECT is((SELECT count(*) FROM framework_comment WHERE person IS NOT NULL), 0::bigint, 'nobody is named again');
ROLLBACK TO named;
SELECT is(framework_comments(pg_temp.no('2027'), jsonb_build_array(pg_temp.comment('users', 'A', 'I agree'), pg_temp.comment('users', 'A', 'I agree')), NULL),
          2, 'two who do not say who they are say the same');
SELECT is(framework_comments(pg_temp.no('2027'), jsonb_build_array(pg_temp.comment('users', 'A', 'I agree')), NULL), 1, 'and so does a third, later');
DELETE FROM framework_comment WHERE comment = 'I agree';
UPDATE framework SET numbered = 3 WHERE framework_no = pg_temp.no('2027');
SELECT is(framework_answer(pg_temp.no('2027'), 9, 'taken', 'text', 'Aïcha'), 'unknown', 'there is no ninth');
SELECT is(framework_answer(pg_temp.no('2027'), 1, 'partly', 'shortened a little', 'Aïcha'), 'done', 'an answer may be mended');
SELECT throws_ok($$SELECT framework_comments(pg_temp.no('2027'), jsonb_build_array(pg_temp.comment('strangers', 'A', 'text')), NULL)$$, '23503',
                 NULL, 'a group that nobody knows is refused');
SELECT results_eq($$SELECT stakeholder_group, comments, organisations, answered, taken, partly FROM framework_voices(pg_temp.no('2027'))$$,
                  $$VALUES ('administrations', 0::bigint, 0::bigint, 0::bigint, 0::bigint, 0::bigint), ('operators', 0, 0, 0, 0, 0),
                    ('technical-community', 0, 0, 0, 0, 0), ('universities', 0, 0, 0, 0, 0), ('users', 2, 2, 1, 0, 1),
                    ('diaspora', 1, 0, 0, 0, 0), ('civil-society', 0, 0, 0, 0, 0)$$,
                  'the table has who spoke, and who did not');

-- A form that came by mistake is taken back, but for what is answered.
INSERT INTO import_run (run, kind, whole, file, sha256, octets, lines, by_whom)
SELECT n, 'comments', false, 'f.csv', repeat('0', 64), 1, 1, 'Aïcha' FROM unnest('{901,902}'::int[]) n;
SELECT is(framework_comments(pg_temp.no('2027'), jsonb_build_array(pg_temp.comment('users', 'B', 'mistake')), 901), 1, 'a comment has its import');
SELECT is(import_undo(901, 'Aïcha'), 'done', 'which is taken back');
SELECT framework_comments(pg_temp.no('2027'), jsonb_build_array(pg_temp.comment('users', 'B', 'meant')), 902) \g /dev/null
SELECT framework_answer(pg_temp.no('2027'), 5, 'taken', 'yes', 'Aïcha') \g /dev/null
SELECT is(import_undo(902, 'Aïcha'), 'kept', 'or stays with its answer');
SELECT is((SELECT string_agg(number || comment, ', ' ORDER BY number) FROM framework_comment), '1too long, 2and we?, 3too long, 5meant', 'as the others do; the number of one that is gone is nobody''s');

-- ---- ratings ----

SELECT is(framework_rate(pg_temp.no('2027'), 'Q', 'Bio', 2, 'law of 2018', 'https://example.org/a', '2027-04-01'), 'done', 'one rates');
SELECT is(framework_rate(pg_temp.no('2027'), 'A', 'Bio', 2, 'w', 'https://example.org/', '2027-04-01'), 'quantitative', 'not what is measured');
SELECT is(framework_rate(pg_temp.no('2027'), 'OLD', 'Bio', 2, 'w', 'https://example.org/', '2027-04-01'), 'quantitative', 'nor what was');
SELECT is(framework_rate(pg_temp.no('2027'), 'NONE', 'Bio', 2, 'w', 'https://example.org/', '2027-04-01'), 'unknown', 'nor what is not there');
SELECT throws_ok($$SELECT framework_rate(pg_temp.no('2027'), 'Q', 'Bio', 5, 'w', 'https://example.org/', '2027-04-01')$$, '23514', NULL, 'from 0 to 4');
SELECT throws_ok($$SELECT framework_rate(pg_temp.no('2027'), 'Q', 'Bio', 4, 'w', 'hearsay', '2027-04-01')$$, '23514', NULL, 'with a source');
SELECT results_eq($$SELECT * FROM framework_lacking(pg_temp.no('2027'))$$,
                  $$VALUES ('answer', '2'), ('answer', '3'), ('rating', 'Q'), ('until', '2999-06-30')$$, 'what is missing is told');
UPDATE framework SET comments_to = (now() AT TIME ZONE 'UTC')::date - 1 WHERE framework_no = pg_temp.no('2027');
SELECT results_eq($$SELECT kind FROM framework_lacking(pg_temp.no('2027'))$$, $$VALUES ('answer'), ('answer'), ('rating')$$,
                  'of the day that was named, until it is over');
SELECT is(framework_rate(pg_temp.no('2027'), 'Q', 'Codjo', 3, 'decree', 'https://example.org/b', '2027-04-02'), 'done', 'a second one rates');
SELECT is(framework_rate(pg_temp.no('2027'), 'Q', 'Dossa', 4, 'w', 'https://example.org/c', '2027-04-02'), 'two', 'a third does not');
SELECT is(framework_rate(pg_temp.no('2027'), 'Q', 'bio', 1, 'read again', 'https://example.org/a', '2027-04-03'), 'done', 'each may think again');
SELECT results_eq($$SELECT rater, score FROM framework_rating ORDER BY score$$, $$VALUES ('bio', 1), ('Codjo', 3)$$, 'and both stand');

-- ---- adopting it ----

SELECT is(framework_adopt(pg_temp.no('2027'), 'Aïcha', NULL), 'lacking', 'nothing is adopted while comments wait');
SELECT is((SELECT adopted_at FROM framework_find('XA', '2027')), NULL, 'it is open still');
SELECT framework_answer(pg_temp.no('2027'), 2, 'not-taken', 'elsewhere', 'Aïcha') \g /dev/null
SAVEPOINT waits;
SELECT is(framework_adopt(pg_temp.no('2027'), 'Aïcha', 'the ministry wants it'), 'done', 'but for a written reason');
SELECT is((SELECT reason FROM framework_find('XA', '2027')), 'the ministry wants it', 'which stays with it');
ROLLBACK TO waits;
SELECT framework_answer(pg_temp.no('2027'), 3, 'taken', 'yes', 'Aïcha') \g /dev/null
SELECT is(framework_adopt(pg_temp.no('2027'), 'Aïcha', 'no need'), 'done', 'all is there: it is adopted');
SELECT results_eq($$SELECT adopted_by, reason FROM framework_find('XA', NULL)$$, $$VALUES ('Aïcha', NULL::text)$$, 'without a reason then');

-- ---- frozen ----

SELECT is(framework_unname(pg_temp.no('2027'), 2, true, 'Aïcha') || framework_unname(pg_temp.no('2027'), 9, true, 'Aïcha')
          || framework_unname(pg_temp.no('2027'), 1, false, 'Aïcha'), 'nobodyunknownnobody', 'no name is taken out where there is none');
CREATE TEMP TABLE named AS SELECT * FROM framework_comment;
SELECT is(framework_unname(pg_temp.no('2027'), 1, true, 'Aïcha'), 'done', 'of an adopted edition a name is');
SELECT results_eq('SELECT c.number, c.organisation, c.comment, c.answer FROM framework_comment c JOIN named n USING (framework_no, number) WHERE c <> n
                   OR c.organisation IS DISTINCT FROM n.organisation', $$VALUES (1, NULL::text, 'too long', 'shortened a little')$$, 'and nothing else');
SELECT results_eq('SELECT number, organisation, unnamed_by FROM framework_unnamed', $$VALUES (1, true, 'Aïcha')$$, 'which is kept');
SELECT throws_like($$UPDATE framework_comment SET comment = 'x', person = NULL WHERE number = 1$$, '%never changes', 'the comment stays as it was');
SELECT throws_like($$UPDATE framework_comment SET organisation = NULL WHERE number = 3$$, '%never changes', 'and so does who asked for nothing');
SELECT is((SELECT string_agg(r, ' ') FROM (VALUES
              (framework_propose(pg_temp.no('2027'), pg_temp.indicator('D'), 'x')), (framework_retire(pg_temp.no('2027'), 'A', 'x')),
              (framework_answer(pg_temp.no('2027'), 1, 'taken', 'x', 'x')),
              (framework_rate(pg_temp.no('2027'), 'Q', 'bio', 4, 'x', 'https://example.org/', '2027-05-01')),
              (framework_adopt(pg_temp.no('2027'), 'x', 'x')), (framework_comments(pg_temp.no('2027'), '[]', NULL)::text)) v (r)),
          'frozen frozen frozen frozen frozen -1', 'every verb is refused');
SELECT ok(bool_and(pg_temp.refuses(replace(what, '$', 'framework_no = pg_temp.no(''2027'')'))), 'and so is every hand: ' || string_agg(what, '; '))
FROM unnest(ARRAY['UPDATE framework SET adopted_at = NULL, adopted_by = NULL WHERE $', 'UPDATE framework SET reason = ''x'' WHERE $',
    'UPDATE framework_indicator SET definition_fr = ''x'' WHERE $', 'DELETE FROM framework_rating WHERE $',
    'UPDATE framework_rating SET score = 4 WHERE $', 'DELETE FROM framework_comment WHERE $', 'UPDATE framework_comment SET answer = ''x'' WHERE $',
    'INSERT INTO framework_comment SELECT framework_no, 99, NULL, ''users'', NULL, NULL, now(), ''x'' FROM framework WHERE $',
    'TRUNCATE framework_rating', 'TRUNCATE framework CASCADE']) what;
SELECT is(framework_open('XA', '2027', 'Aïcha', NULL, '[]'), 'exists', 'nor is it opened again');

-- ---- files that change later ----

SELECT results_eq($$SELECT * FROM framework_differs(pg_temp.no('2027'), jsonb_build_array(pg_temp.indicator('A'), pg_temp.indicator('B', of_status => 'adopted')))$$,
                  $$VALUES ('B', '{definition_fr}'::text[]), ('Q', '{file}')$$, 'what differs from a file is named, and what has none');

SELECT is((SELECT d->>'adopted_by' || ': ' || jsonb_path_query_array(d, '$.indicators[*].indicator')::text || jsonb_path_query_array(d, '$.comments[*].number')::text
                  || jsonb_path_query_array(d, '$.ratings[*].score')::text || jsonb_array_length(d->'voices')
           FROM framework_document(pg_temp.no('2027')) d), 'Aïcha: ["A", "B", "C", "OLD", "Q"][1, 2, 3, 5][1, 3]7', 'the document has all of it');

-- ---- the next one ----

SELECT is(framework_open('XA', '2028', 'Codjo', NULL, jsonb_build_array(pg_temp.indicator('A', definition => 'other'), pg_temp.indicator('C'),
          pg_temp.indicator('NEW'), pg_temp.indicator('B'))), 'done', 'the next edition begins with the last one''s');
SELECT results_eq($$SELECT indicator, status, proposer, why, definition_fr FROM pg_temp.members WHERE edition = '2028'$$,
                  $$VALUES ('A', 'adopted', 'Aïcha', NULL, 'other'), ('B', 'adopted', 'Bio', NULL, 'd'),
                    ('C', 'retired', 'Réseau des universités', 'nobody publishes it', 'd'), ('NEW', 'proposed', 'Codjo', NULL, 'd'),
                    ('OLD', 'retired', 'Aïcha', NULL, 'd'), ('Q', 'adopted', 'Aïcha', NULL, 'd')$$,
                  'what was adopted or retired is so, and what is new is proposed');
SELECT results_eq($$SELECT DISTINCT definition_fr FROM pg_temp.members WHERE edition = '2027' AND indicator = 'A'$$, $$VALUES ('d')$$,
                  'the text of before stays');
SELECT is((SELECT edition FROM framework_find('XA', NULL)), '2028', 'the open one is found first');
SELECT is((SELECT edition FROM framework_find('XA', '2027')), '2027', 'another by its name');
SELECT is_empty($$SELECT * FROM framework_rating WHERE framework_no = pg_temp.no('2028')$$, 'ratings are made anew');
SELECT framework_retire(pg_temp.no('2028'), i, 'x') FROM unnest('{A,B,NEW,Q}'::text[]) i \g /dev/null
SELECT is(framework_adopt(pg_temp.no('2028'), 'Codjo', NULL), 'empty', 'an edition of nothing is none');
SELECT * FROM finish();
ROLLBACK;
