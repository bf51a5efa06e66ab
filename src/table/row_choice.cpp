#include "table/row_choice.hpp"

#include "pg/spi.hpp"
#include "pg/transaction.hpp"

namespace migsafe {

row_choice::row_choice(const target &t, const std::string &predicate, const std::string &origin)
{
	make_relation();
	pg::translate_errors(
		[&, this] {
			pg::undone(
				[&, this] {
					/* a comment may end the predicate */
					find("SELECT tableoid, ctid FROM " + t.quoted() + " WHERE (" + predicate +
						 "\n)");
				},
				[] { return std::string(); });
		},
		[&](const pg::pg_error &e) {
			if (!pg::is_row_error(e.sqlstate()))
				throw;
			return failure(e.sqlstate(), "the predicate \"" + origin + "\" failed: " + e.what())
				.detail(*e.detail() ? std::string(e.detail()) : "The predicate is: " + predicate)
				.hint("Nothing was changed. Write it so that it holds for any row, by CASE say.");
		});
	relation_.md.enrtuples = static_cast<double>(tuplestore_tuple_count(rows_));
}

void
row_choice::make_relation()
{
	pg::memory_scope scope(cxt_.get());

	pg::call([this] {
		TupleDesc const descriptor = CreateTemplateTupleDesc(2);

		TupleDescInitEntry(descriptor, 1, "tableoid", OIDOID, -1, 0);
		TupleDescInitEntry(descriptor, 2, "tid", TIDOID, -1, 0);
		rows_ = tuplestore_begin_heap(true, false, work_mem);
		relation_.md.name = pstrdup("migsafe chosen rows");
		relation_.md.tupdesc = descriptor;
		relation_.md.enrtype = ENR_NAMED_TUPLESTORE;
		relation_.reldata = rows_;
	});
}

void
row_choice::find(const std::string &sql)
{
	const pg::active_snapshot active(snapshot_.get());
	pg::spi_session spi;

	for (pg::cursor rows(sql, {}, pg::cursor::sees::active_snapshot); rows.next();)
		pg::call([&, this] { tuplestore_puttuple(rows_, rows.tuple()); });
}

} // namespace migsafe
