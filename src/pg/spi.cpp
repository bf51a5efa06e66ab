#include "pg/spi.hpp"

#include <exception>

namespace migsafe::pg {

spi_session::spi_session() : exceptions_(std::uncaught_exceptions())
{
	if (call(SPI_connect) != SPI_OK_CONNECT)
		throw failure(ERRCODE_INTERNAL_ERROR, "could not connect to SPI");
}

spi_session::~spi_session()
{
	if (std::uncaught_exceptions() == exceptions_)
		SPI_finish();
}

namespace {

constexpr long rows_per_fetch = 1000;

/* Parameters as SPI wants them. */
struct parameters
{
	std::vector<Oid> types;
	std::vector<Datum> datums;
	std::string nulls;

	explicit parameters(const std::vector<value> &values)
	{
		for (const value &v : values)
		{
			types.push_back(v.type);
			datums.push_back(v.datum);
			nulls.push_back(v.null ? 'n' : ' ');
		}
	}
	[[nodiscard]] int count() const { return static_cast<int>(types.size()); }
};

} // namespace

uint64
spi_session::execute(const std::string &sql, const std::vector<value> &values)
{
	return execute_here(sql, values, false);
}

uint64
execute_here(const std::string &sql, const std::vector<value> &values, bool read_only)
{
	parameters p(values);
	const int rc = call(SPI_execute_with_args, sql.c_str(), p.count(), p.types.data(),
						p.datums.data(), p.nulls.c_str(), read_only, 0L);

	if (rc < 0)
		throw failure(ERRCODE_INTERNAL_ERROR,
					  std::string("SPI failed: ") + SPI_result_code_string(rc))
			.detail("Statement: " + sql);
	return SPI_processed;
}

std::vector<text_row>
spi_session::query(const std::string &sql, const std::vector<value> &values)
{
	return take_rows(execute_here(sql, values, false));
}

std::vector<text_row>
spi_session::query_in_snapshot(const std::string &sql, const std::vector<value> &values)
{
	return take_rows(execute_here(sql, values, true));
}

std::optional<std::string>
spi_session::scalar_in_snapshot(const std::string &sql, const std::vector<value> &values)
{
	const auto rows = query_in_snapshot(sql, values);

	return rows.empty() ? std::nullopt : rows[0].at(0);
}

std::vector<text_row>
spi_session::take_rows(uint64 count)
{
	std::vector<text_row> rows(count);
	SPITupleTable *const table = SPI_tuptable;

	for (size_t r = 0; r < rows.size(); r++)
	{
		for (int c = 1; c <= table->tupdesc->natts; c++)
		{
			const char *text =
				call([=] { return SPI_getvalue(table->vals[r], table->tupdesc, c); });

			rows[r].push_back(text ? std::optional<std::string>(text) : std::nullopt);
		}
	}
	call(SPI_freetuptable, table);
	return rows;
}

std::optional<std::string>
spi_session::scalar(const std::string &sql, const std::vector<value> &values)
{
	const auto rows = query(sql, values);

	if (rows.empty() || rows[0].empty())
		return std::nullopt;
	return rows[0][0];
}

cursor::cursor(const std::string &sql, const std::vector<value> &values, sees what)
	: exceptions_(std::uncaught_exceptions())
{
	parameters p(values);

	portal_ =
		call(SPI_cursor_open_with_args, nullptr, sql.c_str(), p.count(), p.types.data(),
			 p.datums.data(), p.nulls.c_str(), what == sees::active_snapshot, CURSOR_OPT_NO_SCROLL);
	PinPortal(portal_); /* code of users may CLOSE ALL between two rows */
}

cursor::~cursor()
{
	/* an open portal would keep its tables from being altered; an abort closes it itself */
	if (std::uncaught_exceptions() != exceptions_)
		return;
	UnpinPortal(portal_);
	SPI_cursor_close(portal_);
}

bool
cursor::next()
{
	if (needs_fetch())
	{
		call([this] {
			if (rows_)
				SPI_freetuptable(rows_);
			SPI_cursor_fetch(portal_, true, rows_per_fetch);
		});
		rows_ = SPI_tuptable;
		fetched_ = SPI_processed;
		at_ = 0;
	}
	if (fetched_ == 0)
		return false;
	at_++;
	return true;
}

} // namespace migsafe::pg
