-- Results that were stored while other ranges held: batches with some that a newer range forbids, or with some that an older
-- one had forbidden, go onto the list to project again. All of `result` is read for that, once for each change of the ranges.
CREATE OR REPLACE FUNCTION range_again() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    broken text;
BEGIN
    SELECT string_agg(format('r.check_no = %s AND (%s)', c.check_no, c.broken), ' OR ') INTO broken
    FROM check_range c WHERE c.broken IS DISTINCT FROM c.held_to;
    IF broken IS NULL THEN
        RETURN;
    END IF;
    EXECUTE 'INSERT INTO project_again SELECT DISTINCT r.probe_no, r.batch_no FROM result r WHERE ' || broken
            || ' ON CONFLICT DO NOTHING';
    INSERT INTO project_again
    SELECT DISTINCT p.probe_no, p.batch_no
    FROM result_problem p
    JOIN check_kind k ON starts_with(p.detail, k.name || ': ')
    JOIN check_range c USING (check_no)
    WHERE p.reason = 'out_of_range' AND c.broken IS DISTINCT FROM c.held_to
    ON CONFLICT DO NOTHING;
    UPDATE check_range c SET held_to = c.broken WHERE c.broken IS DISTINCT FROM c.held_to;
END
$$;
REVOKE EXECUTE ON FUNCTION range_again FROM PUBLIC;
