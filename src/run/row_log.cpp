/*
 * row_log.cpp
 *		migsafe.row_log: what became of each row of a run.
 */
#include "catalog/session.hpp"
#include "pg/rights.hpp"
#include "run/undo_fields.hpp"
#include "table/pairing.hpp"
#include "table/row_reader.hpp"
#include "table/row_text.hpp"

#include <algorithm>
#include <set>

using namespace migsafe;

namespace {

/* Copy what a query gives, all of whose columns are those of the result. */
void
copy_rows(pg::result_set &out, const std::string &sql, const std::vector<pg::value> &values)
{
	pg::spi_session spi;

	for (pg::cursor rows(sql, values); rows.next();)
		out.add(rows.tuple(), rows.descriptor());
}

class row_log
{
public:
	/* owner: whose the undo log is */
	row_log(const catalog::run_record &run, Oid owner)
		: run_(run), owner_(owner), fields_(undo_fields(run)),
		  has_key_(std::any_of(fields_.begin(), fields_.end(),
							   [](const undo_field &f) { return f.is_key; })),
		  table_(pg::qualified_name(*run.undo_schema, *run.undo_name))
	{
	}

	/*
	 * As the owner of the undo log, both to read it and to turn its values into
	 * JSON: to plan a query runs code of that owner, of extended statistics and of
	 * indexes, and the casts may be his as well.
	 */
	void successes(pg::result_set &out) const
	{
		pg::spi_session spi;
		std::optional<pg::cursor> entries;

		pg::memory_context row_cxt("migsafe log entry");

		for (bool more = true; more;)
		{
			{
				const pg::elevated rights(owner_);

				if (!entries)
					entries.emplace("SELECT u.* FROM ONLY " + table_ + " u ORDER BY u.seq");
				more = entries->next();
			}
			if (more)
			{
				pg::memory_scope scope(row_cxt.get());

				add_success(out, entries->tuple(), entries->descriptor());
			}
			row_cxt.reset();
		}
	}

	void errors(pg::result_set &out) const
	{
		const pg::elevated rights(catalog::owner());

		copy_rows(out,
				  "SELECT 'ERROR'::text, key, sqlstate, message, detail, row_before"
				  " FROM migsafe.committed_error WHERE run_id = $1 ORDER BY error_no",
				  {pg::value::of(run_.run_id)});
	}

	/* What the target holds now and the run neither wrote nor failed at. */
	void skipped(pg::result_set &out, const target &t) const
	{
		if (!has_key_)
			throw failure(ERRCODE_FEATURE_NOT_SUPPORTED,
						  "the skipped rows of table \"" + t.name() + "\" cannot be told apart")
				.detail("The table has no key.")
				.hint("Their number is in migsafe.run_commit, by reason.");

		const std::set<std::string> failed = failed_keys();
		const std::vector<AttrNumber> key = key_now(t);
		row_reader reader(t);
		const pg::relation undo = open_undo_log(run_);
		row_pairs pairs(t, key, counterpart_of_undo(), undo.get(), row_pairs::join::full);

		pg::memory_context row_cxt("migsafe log entry");

		pg::call([&] { reader.begin_reading(); });
		while (pairs.next())
		{
			if (pairs.has_other())
				continue;
			row_cxt.reset();

			pg::memory_scope scope(row_cxt.get());

			const pg::value row_key = pg::value::json(key_of(t, reader, pairs, key));

			if (failed.count(pg::jsonb_text(DatumGetJsonbP(row_key.datum))) == 0)
				out.add({pg::value::text(std::string("SKIPPED")), row_key, pg::value::none(TEXTOID),
						 pg::value::none(TEXTOID), pg::value::none(TEXTOID),
						 pg::value::none(JSONBOID)});
		}
		pg::call([&] { reader.finish_reading(); });
	}

private:
	const catalog::run_record &run_;
	const Oid owner_;
	const std::vector<undo_field> fields_;
	const bool has_key_;
	const std::string table_;

	[[nodiscard]] std::set<std::string> failed_keys() const
	{
		catalog::session s;
		std::set<std::string> keys;

		for (const pg::text_row &row :
			 s->query("SELECT key FROM migsafe.committed_error WHERE run_id = $1",
					  {pg::value::of(run_.run_id)}))
			keys.insert(*row[0]);
		return keys;
	}

	[[nodiscard]] std::vector<AttrNumber> key_now(const target &t) const
	{
		std::vector<AttrNumber> key;

		for (const undo_field &f : fields_)
		{
			const column *const now = f.is_key ? t.find(f.name) : nullptr;

			if (f.is_key && now == nullptr)
				throw failure(ERRCODE_UNDEFINED_COLUMN, "key column \"" + f.name +
															"\" of table \"" + t.name() +
															"\" does not exist any more")
					.hint("Leave include_skipped out.");
			if (now)
				key.push_back(now->attnum);
		}
		return key;
	}

	[[nodiscard]] counterpart counterpart_of_undo() const
	{
		counterpart other;

		other.relation = table_;
		for (const undo_field &f : fields_)
		{
			if (f.is_key)
				other.keys.push_back("key_" + std::to_string(f.number));
		}
		return other;
	}

	static std::string key_of(const target &t, row_reader &reader, const row_pairs &pair,
							  const std::vector<AttrNumber> &key)
	{
		TupleTableSlot *const row = pg::call([&] {
			ItemPointerData tid = pair.row();

			return reader.old_in_target_layout(pair.leaf_no(),
											   reader.fetch_any(pair.leaf_no(), &tid));
		});

		return key_json(t, key, row);
	}

	/* One entry: its key, and the old values of the columns that the run changed. */
	void add_success(pg::result_set &out, HeapTuple entry, TupleDesc descriptor) const
	{
		const std::set<int> changed = changed_columns(entry, descriptor);
		std::vector<named_value> key, before;

		for (const undo_field &f : fields_)
		{
			const std::string n = std::to_string(f.number);

			if (f.is_key)
				key.push_back(value_of(entry, descriptor, "key_" + n, f.name));
			if (changed.count(f.number) > 0)
				before.push_back(value_of(entry, descriptor, "old_" + n, f.name));
		}
		if (!has_key_)
			key.push_back(value_of(entry, descriptor, "seq", "seq"));
		out.add({pg::value::text(std::string("SUCCESS")), pg::value::json(fields_json(key, owner_)),
				 pg::value::none(TEXTOID), pg::value::none(TEXTOID), pg::value::none(TEXTOID),
				 pg::value::json(fields_json(before, owner_))});
	}

	/* 55000 if the owner of the undo log has dropped the column. */
	static named_value value_of(HeapTuple entry, TupleDesc descriptor, const std::string &column,
								const std::string &name)
	{
		named_value v{name, InvalidOid, 0, true};
		const int n = pg::call([&] { return SPI_fnumber(descriptor, column.c_str()); });

		if (n <= 0)
			throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
						  "the undo log has no column \"" + column + "\"")
				.detail("It was altered since the run.")
				.hint("Its other columns can be read by its owner.");
		pg::call([&] {
			v.type = SPI_gettypeid(descriptor, n);
			v.value = SPI_getbinval(entry, descriptor, n, &v.null);
		});
		return v;
	}

	static std::set<int> changed_columns(HeapTuple entry, TupleDesc descriptor)
	{
		const named_value bits = value_of(entry, descriptor, "changed", "changed");
		std::set<int> numbers;

		if (bits.null || bits.type != BYTEAOID)
			return numbers;

		const bytea *const bitmap = pg::call([&] { return DatumGetByteaPP(bits.value); });
		const int size = static_cast<int>(VARSIZE_ANY_EXHDR(bitmap));

		for (int i = 0; i < size * 8; i++)
		{
			if ((static_cast<uint8>(VARDATA_ANY(bitmap)[i / 8]) >> (i % 8)) & 1)
				numbers.insert(i + 1);
		}
		return numbers;
	}
};

} // namespace

MIGSAFE_FUNCTION(migsafe_row_log)
{
	const pg::arguments args(fcinfo);

	args.require(0, "run_id");
	args.require(1, "include_skipped");

	const catalog::run_record run = catalog::find_run(args.bigint(0));
	const Oid undo = undo_table(run);

	if (!run.target.caller_may_read() &&
		!pg::call([=] { return compat::owns_table(undo, GetUserId()); }))
		throw failure(ERRCODE_INSUFFICIENT_PRIVILEGE,
					  "permission denied for the log of run " + std::to_string(run.run_id))
			.detail("It holds rows of table " + run.target.quoted() + ".")
			.hint("The SELECT privilege on that table is needed.");

	const pg::relation undo_rel = open_undo_log(run);
	pg::result_set out(fcinfo);
	const row_log log(run, undo_rel->rd_rel->relowner);

	log.successes(out);
	log.errors(out);
	if (args.boolean(1))
	{
		const target t(run.target.resolve(), "run_id", AccessShareLock);

		t.require_readable();
		log.skipped(out, t);
	}
	return 0;
}
