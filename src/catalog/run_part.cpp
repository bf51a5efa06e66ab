#include "catalog/run_part.hpp"

#include "catalog/online_run.hpp"
#include "catalog/session.hpp"
#include "catalog/undo_count.hpp"

namespace migsafe::catalog {
namespace {

using pg::value;

value
of_key(const std::optional<key_text> &key)
{
	return key ? value::text_array(*key) : value::none(TEXTARRAYOID);
}

/* The elements of a text array that a query with one row gives. */
std::optional<key_text>
key_of(session &s, const char *column, int64 run_id, int32 part)
{
	const auto rows = s->query(std::string("SELECT unnest(") + column +
								   ") FROM migsafe.run_part WHERE run_id = $1 AND part = $2",
							   {value::of(run_id), value::of(part)});
	key_text key;

	for (const pg::text_row &row : rows)
		key.push_back(row[0].value());
	return key.empty() ? std::nullopt : std::optional<key_text>(key);
}

part_counts
to_counts(const pg::text_row &row, size_t first)
{
	part_counts c;
	size_t at = first;

	for (int64 *count :
		 {&c.seen, &c.written, &c.failed, &c.only_if, &c.unchanged, &c.deleted, &c.suppressed})
		*count = number(row[at++]);
	return c;
}

part_counts
sum_of_other_parts(int64 run_id, int32 part)
{
	session s;
	const auto rows = s->query(
		"SELECT sum(seen), sum(written), sum(failed), sum(only_if), sum(unchanged), sum(deleted),"
		" sum(suppressed) FROM migsafe.run_part WHERE run_id = $1 AND part <> $2",
		{value::of(run_id), value::of(part)});

	return to_counts(rows.at(0), 0);
}

} // namespace

part_counts &
part_counts::operator+=(const part_counts &other)
{
	seen += other.seen;
	written += other.written;
	failed += other.failed;
	only_if += other.only_if;
	unchanged += other.unchanged;
	deleted += other.deleted;
	suppressed += other.suppressed;
	return *this;
}

void
insert_parts(int64 run_id, const std::vector<key_text> &bounds,
			 const std::optional<key_text> &last_key, const std::string &seen, double rows_expected,
			 const std::vector<Oid> &tables)
{
	std::optional<key_text> first;
	int32 part = 0;

	auto add = [&](const std::optional<key_text> &last) {
		execute("INSERT INTO migsafe.run_part (run_id, part, first_key, last_key, done)"
				" VALUES ($1, $2, $3, $4, $5)",
				{value::of(run_id), value::of(part++), of_key(first), of_key(last),
				 value::of(!last_key)});
		first = last;
	};

	for (const key_text &bound : bounds)
		add(bound);
	add(last_key);
	set_planned(run_id, seen, rows_expected, tables);
}

int32
count_parts(int64 run_id)
{
	return static_cast<int32>(
		ask("SELECT count(*) FROM migsafe.run_part WHERE run_id = $1", {value::of(run_id)}));
}

std::vector<int32>
unfinished_parts(int64 run_id)
{
	session s;
	std::vector<int32> parts;

	for (const pg::text_row &row :
		 s->query("SELECT part FROM migsafe.run_part WHERE run_id = $1 AND NOT done ORDER BY part",
				  {value::of(run_id)}))
		parts.push_back(static_cast<int32>(number(row[0])));
	return parts;
}

run_part
find_part(int64 run_id, int32 part)
{
	session s;
	const auto rows = s->query(
		"SELECT done, seen, written, failed, only_if, unchanged, deleted, suppressed, batches,"
		" retries, batch_size, undo_hash FROM migsafe.run_part WHERE run_id = $1 AND part = $2",
		{value::of(run_id), value::of(part)});
	const pg::text_row &row = rows.at(0);
	run_part result;

	result.part = part;
	result.done = row[0] == "t";
	result.counts = to_counts(row, 1);
	result.batches = static_cast<int32>(number(row[8]));
	result.retries = number(row[9]);
	if (row[10])
		result.batch_size = number(row[10]);
	result.undo_hash = hash_sum(row[11].value());
	result.first_key = key_of(s, "first_key", run_id, part);
	result.last_key = key_of(s, "last_key", run_id, part);
	result.last_done = key_of(s, "last_done", run_id, part);
	return result;
}

part_counts
sum_of_parts(int64 run_id)
{
	return sum_of_other_parts(run_id, -1);
}

part_counts
sum_of_parts(int64 run_id, const run_part &present)
{
	part_counts all = sum_of_other_parts(run_id, present.part);

	all += present.counts;
	return all;
}

statement
begin_batch(int64 run_id, const run_part &part)
{
	return {"UPDATE migsafe.run_part SET updated_at = now()"
			" WHERE run_id = $1 AND part = $2 AND batches = $3",
			{value::of(run_id), value::of(part.part), value::of(part.batches)}};
}

void
update(int64 run_id, const run_part &part, double rows_per_second)
{
	const part_counts &c = part.counts;

	execute(
		"UPDATE migsafe.run_part SET last_done = $3, done = $4, seen = $5, written = $6,"
		" failed = $7, only_if = $8, unchanged = $9, deleted = $10, suppressed = $11,"
		" batches = $12, retries = $13, batch_size = $14, rows_per_second = $15, undo_hash = $16,"
		" updated_at = clock_timestamp() WHERE run_id = $1 AND part = $2",
		{value::of(run_id), value::of(part.part), of_key(part.last_done), value::of(part.done),
		 value::of(c.seen), value::of(c.written), value::of(c.failed), value::of(c.only_if),
		 value::of(c.unchanged), value::of(c.deleted), value::of(c.suppressed),
		 value::of(part.batches), value::of(part.retries),
		 part.batch_size ? value::of(*part.batch_size) : value::none(INT8OID),
		 value{Float8GetDatum(rows_per_second), FLOAT8OID, false},
		 value::text(part.undo_hash.hex())});
}

run_result
result_of_parts(int64 run_id)
{
	const part_counts all = sum_of_parts(run_id);
	run_result result;

	result.total_rows = all.seen;
	result.successful_rows = result.undo_rows = all.written;
	result.undo_hash = recorded_undo_content(run_id).hash;
	result.failed_rows = all.failed;
	result.skipped_rows = all.skipped();
	result.skipped = skipped_json(all.only_if, all.unchanged, all.deleted, all.suppressed);
	result.batches = static_cast<int32>(
		ask("SELECT sum(batches) FROM migsafe.run_part WHERE run_id = $1", {value::of(run_id)}));
	result.elapsed = ask("SELECT (extract(epoch FROM clock_timestamp() - started_at) * 1000000)"
						 "::bigint FROM migsafe.run WHERE run_id = $1",
						 {value::of(run_id)});
	return result;
}

} // namespace migsafe::catalog
