/*
 * error.hpp
 *		The two exception types that may cross module boundaries.
 *
 * failure    something migsafe itself reports (SQLSTATE, message, detail, hint)
 * pg_error   an ERROR raised by PostgreSQL and captured by pg::call()
 */
#pragma once

#include "pg/api.hpp"

#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace migsafe {

class failure : public std::exception
{
public:
	failure(int sqlstate, std::string message)
		: state_(std::make_shared<state>(state{sqlstate, std::move(message), {}, {}}))
	{
	}

	failure &&detail(std::string text) &&
	{
		state_->detail = std::move(text);
		return std::move(*this);
	}
	failure &&hint(std::string text) &&
	{
		state_->hint = std::move(text);
		return std::move(*this);
	}

	[[nodiscard]] int sqlstate() const noexcept { return state_->sqlstate; }
	[[nodiscard]] const char *what() const noexcept override { return state_->message.c_str(); }
	[[nodiscard]] const std::string &detail() const noexcept { return state_->detail; }
	[[nodiscard]] const std::string &hint() const noexcept { return state_->hint; }

private:
	struct state
	{
		int sqlstate;
		std::string message, detail, hint;
	};
	std::shared_ptr<state> state_; /* exceptions must copy without throwing */
};

namespace pg {

/* Turn the ERROR on top of PostgreSQL's error stack into a pg_error. */
[[noreturn]] void throw_caught_error(MemoryContext caller);

/*
 * The captured ErrorData lives in a small memory context of its own, a child
 * of TopMemoryContext: it must outlive SPI_finish(), the rollback of a
 * subtransaction and SPI_commit(), each of which may run while the exception
 * is still travelling.
 */
class pg_error : public std::exception
{
public:
	[[nodiscard]] int sqlstate() const noexcept { return record_->data->sqlerrcode; }
	[[nodiscard]] const char *what() const noexcept override
	{
		return text(record_->data->message);
	}
	[[nodiscard]] const char *detail() const noexcept { return text(record_->data->detail); }
	[[nodiscard]] const char *hint() const noexcept { return text(record_->data->hint); }

	/* Add a hint if the server gave none. */
	void suggest(const char *hint) const;

	/* Give the error's memory to parent; afterwards parent frees it. */
	ErrorData *release_into(MemoryContext parent) const noexcept;

private:
	struct record
	{
		MemoryContext cxt = nullptr;
		ErrorData *data = nullptr;

		record() = default;
		~record();
		record(const record &) = delete;
		record &operator=(const record &) = delete;
	};

	explicit pg_error(std::shared_ptr<record> r) noexcept : record_(std::move(r)) {}
	static const char *text(const char *s) noexcept { return s ? s : ""; }

	std::shared_ptr<record> record_;

	friend void throw_caught_error(MemoryContext caller);
};

/* A report that owns nothing: safe to hold while ereport() jumps away. */
struct pending_error
{
	ErrorData *rethrow = nullptr;
	int sqlstate = ERRCODE_INTERNAL_ERROR;
	const char *message = nullptr;
	const char *detail = nullptr;
	const char *hint = nullptr;
};

/* Only inside a catch block: describe the exception in flight, in cxt. */
pending_error describe_current_exception(MemoryContext cxt) noexcept;

/* Only outside every catch block: report it to PostgreSQL. */
[[noreturn]] void raise(const pending_error &pending);

} // namespace pg
} // namespace migsafe
