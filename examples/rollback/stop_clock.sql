-- How long it took since `began`, all statements of it; `measured` says what.

SELECT round(1000 * extract(epoch FROM clock_timestamp() - :'began'))::bigint AS milliseconds
\gset
\echo :measured :milliseconds ms
