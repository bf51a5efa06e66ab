#include "check/caller_query.hpp"
#include "check/kinds.hpp"
#include "check/reading.hpp"
#include "pg/spi.hpp"

#include <algorithm>

extern "C" {
#include "portability/instr_time.h"
}

namespace migsafe {
namespace {

/* Takes the rows of a query and drops them, until the time has passed. */
struct stopwatch
{
	DestReceiver receiver;
	instr_time started;
	double limit; /* milliseconds */

	[[nodiscard]] bool passed() const
	{
		instr_time elapsed;

		INSTR_TIME_SET_CURRENT(elapsed);
		INSTR_TIME_SUBTRACT(elapsed, started);
		return INSTR_TIME_GET_MILLISEC(elapsed) > limit;
	}
};

static_assert(offsetof(stopwatch, receiver) == 0);

/* Server code, called by the executor; the query goes on as long as it is true. */
bool
drop_row(TupleTableSlot *, DestReceiver *self)
{
	return !reinterpret_cast<stopwatch *>(self)->passed();
}

/* Server code.  Whether the query took longer. */
bool
takes_longer(const char *sql, double limit)
{
	stopwatch watch{};
	SPIExecuteOptions options{};

	watch.receiver.receiveSlot = drop_row;
	watch.receiver.rStartup = [](DestReceiver *, int, TupleDesc) {};
	watch.receiver.rShutdown = watch.receiver.rDestroy = [](DestReceiver *) {};
	watch.receiver.mydest = DestNone;
	watch.limit = limit;
	options.read_only = true;
	options.dest = &watch.receiver;
	INSTR_TIME_SET_CURRENT(watch.started);
	SPI_execute_extended(sql, &options);
	return watch.passed();
}

/* The best of some runs of a query is within a time. */
class duration_check : public whole_check
{
public:
	duration_check(std::string sql, int64 milliseconds, int64 runs)
		: sql_(std::move(sql)), milliseconds_(milliseconds), runs_(runs)
	{
	}

	[[nodiscard]] bool counts_rows() const override { return false; }
	[[nodiscard]] std::string instead_of_constraint() const override
	{
		return "Test it by migsafe.validate_jsonb() from time to time.";
	}
	void test(const target &, Snapshot snapshot, check_result &result) const override
	{
		bool slow = true;
		const auto problem = attempt_reading(snapshot, [&, this] {
			const pg::spi_session spi;

			for (int64 i = 0; slow && i < runs_; i++)
				slow = pg::call(takes_longer, sql_.c_str(), static_cast<double>(milliseconds_));
		});

		result.passed = !problem && !slow;
		if (problem)
			result.message = problem->message;
		else if (slow)
			result.message = "took longer than " + std::to_string(milliseconds_) + " ms" +
							 (runs_ > 1 ? " each of " + std::to_string(runs_) + " times" : "");
	}

private:
	const std::string sql_;
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
	c.whole =
		std::make_shared<duration_check>(query.sql, milliseconds, reader.take_count("runs", 1));
}

} // namespace migsafe
