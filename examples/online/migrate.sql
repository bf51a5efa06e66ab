-- The migration. Execute it again, and it goes on from where it has come to; once it is finished, it does nothing.
--
-- The pace is far slower than it need be, so that there is something to watch: without the argument, the table takes a
-- second or two.

SET search_path = online_demo;
CALL migsafe.run_online('customer',
    transform  => '{"doc": [{"op": "cast", "path": "/quota", "to": "number"}], "changes": "changes + 1"}',
    only_if    => $$jsonb_typeof(doc->'quota') = 'string'$$,
    name       => 'online-demo',
    max_errors => 10,
    pace       => '{"target_batch_time": "10 ms", "batch_size": 200, "rest": 10}');
