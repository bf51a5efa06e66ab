-- All results of a benchmark, as lines of script/bench's CSV: a measurement of one round each, and a figure each.
-- Variables: benchmark.
COPY (
    SELECT :'benchmark', task, name, documents, round, measure, value, NULL, NULL, NULL, NULL
    FROM bench.result, LATERAL (VALUES ('seconds', seconds), ('WAL bytes', wal_bytes), ('transaction ids', xids),
                                       ('undo log bytes', undo_bytes), ('memory kB', memory_kb)) v (measure, value)
    WHERE value IS NOT NULL
    UNION ALL
    SELECT :'benchmark', task, name, NULL, NULL, measure, value, least, most, goal,
           CASE WHEN met THEN 'yes' WHEN NOT met THEN 'no' END
    FROM bench.figure
) TO STDOUT (FORMAT csv);
