/*
 * error.hpp
 *		An ERROR raised by PostgreSQL and captured by pg::call().
 *
 * It and failure are the two exception types that may cross module boundaries.
 */
#pragma once

#include "pg/api.hpp"
#include "pg/failure.hpp"

namespace migsafe::pg {

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
	/* To which the error belongs, as the server names it; empty if to none. */
	[[nodiscard]] const char *schema_name() const noexcept
	{
		return text(record_->data->schema_name);
	}
	[[nodiscard]] const char *table_name() const noexcept
	{
		return text(record_->data->table_name);
	}

	/* Add a hint if the server gave none, or the one of ours that it takes the place of. */
	void suggest(const char *hint, const char *instead_of = nullptr) const;
	/* Say in its context what was being done. */
	void add_context(const std::string &what) const;

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

/* What an exception says, as text that can be stored. */
struct problem
{
	int sqlstate;
	std::string message, detail, hint;
};

/* Only inside a catch block: describe the exception in flight, which stays as it is. */
problem describe_escaping();

/* The same of one that the server has caught. */
problem describe(const ErrorData &error);

/* Only outside every catch block: report it to PostgreSQL. */
[[noreturn]] void raise(const pending_error &pending);

} // namespace migsafe::pg
