#include "check/caller_query.hpp"
#include "check/kinds.hpp"
#include "check/reading.hpp"
#include "pg/spi.hpp"
#include "pg/time_limit.hpp"

namespace migsafe {
namespace {

/* Server code.  Run a query, in parallel if it can be, and drop its rows. */
void
run_query(const char *sql)
{
	SPIExecuteOptions options{};

	options.read_only = true;
	options.dest = None_Receiver;
	SPI_execute_extended(sql, &options);
}

/* The best of some runs of a query is within a time. */
class duration_check : public whole_check
{
public:
	duration_check(caller_query query, int64 milliseconds, int64 runs)
		: query_(std::move(query)), milliseconds_(milliseconds), runs_(runs)
	{
	}

	[[nodiscard]] bool counts_rows() const override { return false; }
	void test(const target &, Snapshot snapshot, check_result &result) const override
	{
		bool quick = false;

		if (!query_.missing.empty())
			return query_failed(query_.missing, result);

		const auto problem = attempt_reading(snapshot, [&, this] {
			for (int64 i = 0; !quick && i < runs_; i++)
				quick = pg::within(static_cast<int>(milliseconds_), [this] {
					const pg::spi_session spi;

					pg::call(run_query, query_.sql.c_str());
				});
		});

		result.passed = !problem && quick;
		if (problem)
			query_failed(problem->message, result);
		else if (!quick)
			result.message = "took longer than " + std::to_string(milliseconds_) + " ms" +
							 (runs_ > 1 ? " each of " + std::to_string(runs_) + " times" : "");
	}

private:
	const caller_query query_;
	const int64 milliseconds_, runs_;
};

} // namespace

void
parse_max_duration(const target &, check_reader &reader, check &c)
{
	const caller_query query = take_query(reader);

	if (!reader.has("milliseconds"))
		throw reader.invalid("lacks the key \"milliseconds\"",
							 "Say how long the query may take, as in \"milliseconds\": 50.");

	const int64 milliseconds = reader.take_count("milliseconds", 0);

	c.name = "at most " + std::to_string(milliseconds) + " ms: " + query.sql;
	c.whole = std::make_shared<duration_check>(query, milliseconds, reader.take_count("runs", 1));
}

} // namespace migsafe
