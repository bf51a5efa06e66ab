#include "archive/copy_writer.hpp"

extern "C" {
#include "port/pg_bswap.h"
}

namespace migsafe::archive {
namespace {

constexpr char signature[] = "PGCOPY\n\377\r\n"; /* and its final zero */

failure
not_exportable(const std::string &column, const std::string &why)
{
	return failure(ERRCODE_FEATURE_NOT_SUPPORTED, "column \"" + column + "\" cannot be exported")
		.detail("COPY cannot write it in binary form: " + why + ".")
		.hint("Take a backup of a table with another type in its place.");
}

} // namespace

copy_writer::copy_writer(TupleDesc descriptor, compressor &to)
	: types_cxt_("migsafe export types"), row_cxt_("migsafe export row"), to_(to),
	  send_(static_cast<size_t>(descriptor->natts)), totals_(send_.size())
{
	for (size_t i = 0; i < send_.size(); i++)
	{
		const FormData_pg_attribute &column = *TupleDescAttr(descriptor, static_cast<int>(i));

		pg::translate_errors([&] { find_function(i, column.atttypid); },
							 [&](const pg::pg_error &e) {
								 if (e.sqlstate() != ERRCODE_UNDEFINED_FUNCTION)
									 throw e;
								 return not_exportable(NameStr(column.attname), e.what());
							 });
	}
}

void
copy_writer::find_function(size_t i, Oid type)
{
	pg::call([=, this] {
		Oid function;
		bool varlena;

		getTypeBinaryOutputInfo(type, &function, &varlena);
		fmgr_info_cxt(function, &send_[i], types_cxt_.get());
	});
}

void
copy_writer::begin()
{
	const uint32 flags = 0, extension = 0;

	to_.write(signature, sizeof signature);
	to_.write(&flags, sizeof flags);
	to_.write(&extension, sizeof extension);
}

void
copy_writer::finish()
{
	const uint16 no_more = pg_hton16(static_cast<uint16>(-1));

	to_.write(&no_more, sizeof no_more);
}

void
copy_writer::put(TupleTableSlot *row)
{
	MemoryContext const saved = MemoryContextSwitchTo(row_cxt_.get());
	const uint16 fields = pg_hton16(static_cast<uint16>(send_.size()));

	slot_getallattrs(row);
	to_.write(&fields, sizeof fields);
	for (size_t i = 0; i < send_.size(); i++)
		put_field(i, row->tts_values[i], row->tts_isnull[i]);
	MemoryContextSwitchTo(saved);
	MemoryContextReset(row_cxt_.get());
}

void
copy_writer::put_field(size_t i, Datum value, bool null)
{
	const bytea *const sent = null ? nullptr : SendFunctionCall(&send_[i], value);
	const size_t bytes = null ? 0 : VARSIZE(sent) - VARHDRSZ;
	const uint32 length = pg_hton32(null ? static_cast<uint32>(-1) : static_cast<uint32>(bytes));

	to_.write(&length, sizeof length);
	if (null)
		totals_[i].nulls++;
	else
		to_.write(VARDATA(sent), bytes);
	totals_[i].bytes += static_cast<int64>(bytes);
}

} // namespace migsafe::archive
