#include "table/place_list.hpp"

#include "pg/snapshot.hpp"
#include "pg/spi.hpp"
#include "pg/transaction.hpp"

#include <exception>

namespace migsafe {

place_list::place_list(const std::string &name, Snapshot snapshot,
					   const std::vector<list_column> &more)
	: exceptions_(std::uncaught_exceptions()), name_(name), snapshot_(snapshot),
	  values_(place_columns + more.size()), nulls_(new bool[values_.size()]())
{
	pg::memory_scope scope(cxt_.get());

	pg::call([&, this] {
		define(more);
		places_ = tuplestore_begin_heap(true, false, work_mem);
		relation_.md.name = pstrdup(name_.c_str());
		relation_.md.enrtype = ENR_NAMED_TUPLESTORE;
		relation_.reldata = places_;
	});
}

/* Server code. */
void
place_list::define(const std::vector<list_column> &more)
{
	TupleDesc const descriptor = CreateTemplateTupleDesc(static_cast<int>(values_.size()));
	AttrNumber n = place_columns;

	TupleDescInitEntry(descriptor, 1, "tableoid", OIDOID, -1, 0);
	TupleDescInitEntry(descriptor, 2, "tid", TIDOID, -1, 0);
	for (const list_column &c : more)
	{
		TupleDescInitEntry(descriptor, ++n, c.name.c_str(), c.type, -1, 0);
		TupleDescInitEntryCollation(descriptor, n, c.collation);
	}
	relation_.md.tupdesc = descriptor;
}

/* A file that it has come to is closed by an abort, too.  It has nothing to write any more: see relation(). */
place_list::~place_list()
{
	if (std::uncaught_exceptions() == exceptions_)
		tuplestore_end(places_);
}

void
place_list::add(const std::string &sql, const std::function<void(HeapTuple, TupleDesc)> &also)
{
	const pg::active_snapshot active(snapshot_);
	pg::spi_session spi;

	for (pg::cursor found(sql, {}, pg::cursor::sees::active_snapshot); found.next();)
		pg::call([&, this] {
			for (size_t i = 0; i < values_.size(); i++)
				values_[i] = SPI_getbinval(found.tuple(), found.descriptor(),
										   static_cast<int>(i) + 1, &nulls_[i]);
			put();
			if (also)
				also(found.tuple(), found.descriptor());
		});
}

void
place_list::add(Oid table, ItemPointer tid, const Datum *more, const bool *nulls)
{
	values_[0] = ObjectIdGetDatum(table);
	values_[1] = PointerGetDatum(tid);
	for (size_t i = place_columns; i < values_.size(); i++)
	{
		values_[i] = more[i - place_columns];
		nulls_[i] = nulls[i - place_columns];
	}
	put();
}

/* Server code. */
void
place_list::put()
{
	tuplestore_putvalues(places_, relation_.md.tupdesc, values_.data(), nulls_.get());
}

EphemeralNamedRelation
place_list::relation()
{
	/* to read writes what has not been written: here it may fail, but not in a destructor */
	tuplestore_rescan(places_);
	(void) tuplestore_advance(places_, true);

	relation_.md.enrtuples = static_cast<double>(tuplestore_tuple_count(places_));
	return &relation_;
}

void
add_rows(place_list &list, const target &t, const std::string &predicate, const std::string &origin,
		 const std::vector<AttrNumber> &key, key_filter *keys)
{
	std::string columns = "tableoid, ctid";

	if (keys)
		for (const AttrNumber attnum : key)
			columns += ", " + pg::identifier(t.at(attnum).name);

	pg::translate_errors(
		[&] {
			pg::undone(
				[&] {
					/* a comment may end the predicate */
					list.add("SELECT " + columns + " FROM " + t.quoted() + " WHERE (" + predicate +
								 "\n)",
							 [=](HeapTuple row, TupleDesc descriptor) {
								 if (keys)
									 keys->add([=](size_t i, bool *null) {
										 return SPI_getbinval(row, descriptor,
															  static_cast<int>(i) + 3, null);
									 });
							 });
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
