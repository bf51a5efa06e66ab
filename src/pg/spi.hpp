#pragma once

#include "pg/value.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migsafe::pg {

/* One row of a query's result, each column as text. */
using text_row = std::vector<std::optional<std::string>>;

/* Run one statement on the present SPI connection; number of rows processed. */
uint64 execute_here(const std::string &sql, const std::vector<value> &values, bool read_only);

/*
 * An SPI connection.  Closed at the end of its scope, but not while an
 * exception passes: functions called through SPI may have left connections of
 * their own on top of ours, and only the coming (sub)transaction abort knows
 * them all.
 */
class spi_session
{
public:
	spi_session();
	~spi_session();
	spi_session(const spi_session &) = delete;
	spi_session &operator=(const spi_session &) = delete;

	/* Run one statement; number of rows processed. */
	uint64 execute(const std::string &sql, const std::vector<value> &values = {});

	/* Run one query; its rows, for results that are known to be small. */
	std::vector<text_row> query(const std::string &sql, const std::vector<value> &values = {});

	/* The first column of the first row; nothing if there is none or it is NULL. */
	std::optional<std::string> scalar(const std::string &sql,
									  const std::vector<value> &values = {});

	/* The same two, of a read-only query, as the active snapshot sees it. */
	std::vector<text_row> query_in_snapshot(const std::string &sql,
											const std::vector<value> &values = {});
	std::optional<std::string> scalar_in_snapshot(const std::string &sql,
												  const std::vector<value> &values = {});

private:
	int exceptions_;

	static std::vector<text_row> take_rows(uint64 count);
};

/* The rows of a query of any size, fetched piece by piece inside an SPI connection. */
class cursor
{
public:
	/* The query sees what a new statement would, or what the active snapshot does; then it is read-only. */
	enum class sees { all_so_far, active_snapshot };

	explicit cursor(const std::string &sql, const std::vector<value> &values = {},
					sees what = sees::all_so_far);
	~cursor();
	cursor(const cursor &) = delete;
	cursor &operator=(const cursor &) = delete;

	/* Go to the next row; false at the end. */
	bool next();

	[[nodiscard]] HeapTuple tuple() const { return rows_->vals[at_ - 1]; }
	[[nodiscard]] TupleDesc descriptor() const { return rows_->tupdesc; }

	/* Will next() run the query on, rather than take a row that is already here? */
	[[nodiscard]] bool needs_fetch() const { return at_ == fetched_; }

private:
	int exceptions_;
	Portal portal_ = nullptr;
	SPITupleTable *rows_ = nullptr;
	uint64 fetched_ = 0, at_ = 0;
};

} // namespace migsafe::pg
