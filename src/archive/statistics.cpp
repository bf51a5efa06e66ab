#include "archive/statistics.hpp"

#include "pg/value.hpp"

namespace migsafe::archive {
namespace {

std::string
average(int64 bytes, int64 rows)
{
	return rows > 0 ? std::to_string(bytes / rows) : "-";
}

} // namespace

std::string
statistics_text(const catalog::backup_record &backup, const target &copy, const copy_writer &rows,
				uint64 data_bytes)
{
	std::string text = "total_rows\t" + std::to_string(backup.row_count) + "\ntable_bytes\t" +
					   std::to_string(backup.bytes) + "\ndata_bytes\t" +
					   std::to_string(data_bytes) + "\n\nnulls\tbytes\taverage_bytes\tcolumn\n";

	/* names of columns last, as they may hold anything */
	for (size_t i = 0; i < copy.columns().size(); i++)
	{
		const copy_writer::column_totals &c = rows.totals()[i];

		text += std::to_string(c.nulls) + "\t" + std::to_string(c.bytes) + "\t" +
				average(c.bytes, backup.row_count - c.nulls) + "\t" +
				pg::identifier(copy.columns()[i].name) + "\n";
	}
	return text;
}

} // namespace migsafe::archive
