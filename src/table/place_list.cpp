#include "table/place_list.hpp"

#include "pg/snapshot.hpp"
#include "pg/spi.hpp"
#include "pg/transaction.hpp"

namespace migsafe {

place_list::place_list(const std::string &name, Snapshot snapshot)
	: name_(name), snapshot_(snapshot)
{
	pg::memory_scope scope(cxt_.get());

	pg::call([this] {
		TupleDesc const descriptor = CreateTemplateTupleDesc(2);

		TupleDescInitEntry(descriptor, 1, "tableoid", OIDOID, -1, 0);
		TupleDescInitEntry(descriptor, 2, "tid", TIDOID, -1, 0);
		places_ = tuplestore_begin_heap(true, false, work_mem);
		relation_.md.name = pstrdup(name_.c_str());
		relation_.md.tupdesc = descriptor;
		relation_.md.enrtype = ENR_NAMED_TUPLESTORE;
		relation_.reldata = places_;
	});
}

void
place_list::add(const std::string &sql)
{
	const pg::active_snapshot active(snapshot_);
	pg::spi_session spi;

	for (pg::cursor places(sql, {}, pg::cursor::sees::active_snapshot); places.next();)
		pg::call([&, this] { tuplestore_puttuple(places_, places.tuple()); });
	relation_.md.enrtuples = static_cast<double>(tuplestore_tuple_count(places_));
}

void
add_rows(place_list &list, const target &t, const std::string &predicate, const std::string &origin)
{
	pg::translate_errors(
		[&] {
			pg::undone(
				[&] {
					/* a comment may end the predicate */
					list.add("SELECT tableoid, ctid FROM " + t.quoted() + " WHERE (" + predicate +
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
}

} // namespace migsafe
