-- Months that retention may take: whole before `keep_from`, and not needed by a rollup any more.
CREATE OR REPLACE FUNCTION retain_ripe(of_parent text, keep_from timestamptz) RETURNS TABLE (month date)
LANGUAGE sql STABLE AS $$
    SELECT m.month
    FROM pg_inherits i
    JOIN pg_class c ON c.oid = i.inhrelid
    CROSS JOIN LATERAL (SELECT to_date(right(c.relname, 7), 'YYYY_MM') AS month) m
    WHERE i.inhparent = of_parent::regclass AND c.relname ~ ('^' || of_parent || '_[0-9]{4}_[0-9]{2}$')
      AND (m.month + interval '1 month') AT TIME ZONE 'UTC' <= keep_from
      AND (of_parent <> 'result' OR NOT EXISTS (
          SELECT FROM rollup_dirty d WHERE d.day >= m.month AND d.day < m.month + interval '1 month'))
    ORDER BY m.month
$$;

-- Takes a month out of sight, before it is archived: what comes late goes to a new partition.
CREATE OR REPLACE FUNCTION retain_detach(of_parent text, of_month date) RETURNS void
LANGUAGE plpgsql SET lock_timeout = '5s' AS $$
DECLARE
    child text := format('%s_%s', of_parent, to_char(of_month, 'YYYY_MM'));
BEGIN
    EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', of_parent, child);
    EXECUTE format('ALTER TABLE %I RENAME TO %I', child, 'retained_' || child);
    INSERT INTO retained (parent, month, folder, rows) VALUES (of_parent, of_month, '', 0);
END
$$;
