#include "catalog/deferred_row.hpp"

#include "catalog/session.hpp"
#include "catalog/statement.hpp"

namespace migsafe::catalog {

using pg::value;

void
defer(int64 run_id, const key_text &key, const std::string &reason)
{
	execute("INSERT INTO migsafe.deferred_row VALUES ($1, $2, $3, clock_timestamp())",
			{value::of(run_id), value::text_array(key), value::text(reason)});
}

std::vector<key_text>
deferred_rows(int64 run_id, const std::string &reason, int64 limit)
{
	session s;
	std::vector<key_text> keys;

	for (const pg::text_row &row :
		 s->query("SELECT (u.n = 1), u.field FROM (SELECT key, tried_at FROM migsafe.deferred_row"
				  " WHERE run_id = $1 AND reason = $2 ORDER BY tried_at, key LIMIT $3) d,"
				  " unnest(d.key) WITH ORDINALITY u (field, n) ORDER BY d.tried_at, d.key, u.n",
				  {value::of(run_id), value::text(reason), value::of(limit)}))
	{
		if (row[0] == "t")
			keys.emplace_back();
		keys.back().push_back(row[1].value());
	}
	return keys;
}

int64
count_deferred(int64 run_id, const std::string &reason)
{
	return ask("SELECT count(*) FROM migsafe.deferred_row WHERE run_id = $1 AND reason = $2",
			   {value::of(run_id), value::text(reason)});
}

void
forget_deferred(int64 run_id, const std::vector<key_text> &keys)
{
	for (const key_text &key : keys)
		execute("DELETE FROM migsafe.deferred_row WHERE run_id = $1 AND key = $2"
				" AND hash_array_extended(key, 0) = hash_array_extended($2, 0)",
				{value::of(run_id), value::text_array(key)});
}

} // namespace migsafe::catalog
