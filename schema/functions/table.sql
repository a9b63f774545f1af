-- The records of a text whose lines have tabs between their columns, which the first line names; an empty cell is NULL.
CREATE OR REPLACE FUNCTION tsv_records(lines text) RETURNS SETOF jsonb
LANGUAGE sql IMMUTABLE AS $$
    WITH line AS MATERIALIZED (
        SELECT string_to_array(l.line, E'\t') AS cells, l.number
        FROM string_to_table(lines, E'\n') WITH ORDINALITY AS l (line, number)
        WHERE l.line <> ''
    )
    SELECT jsonb_object_agg(c.name, nullif(c.value, ''))
    FROM line l
    CROSS JOIN line head
    CROSS JOIN LATERAL unnest(head.cells, l.cells) AS c (name, value)
    WHERE head.number = 1 AND l.number > 1
    GROUP BY l.number
    ORDER BY l.number
$$;
