#include "pg/error.hpp"

#include <cstring>
#include <new>
#include <type_traits>

namespace migsafe::pg {

static_assert(sqlstate("2203A") == ERRCODE_SQL_JSON_MEMBER_NOT_FOUND);
static_assert(std::is_trivially_destructible_v<pending_error>);
static_assert(std::is_nothrow_copy_constructible_v<failure>);
static_assert(std::is_nothrow_copy_constructible_v<pg_error>);

pg_error::record::~record()
{
	if (cxt)
		MemoryContextDelete(cxt);
}

void
pg_error::suggest(const char *hint, const char *instead_of) const
{
	const char *const given = record_->data->hint;
	const Size size = strlen(hint) + 1;

	if (given && (instead_of == nullptr || strcmp(given, instead_of) != 0))
		return;
	if (void *const copy = MemoryContextAllocExtended(record_->cxt, size, MCXT_ALLOC_NO_OOM))
		record_->data->hint = static_cast<char *>(memcpy(copy, hint, size));
}

void
pg_error::add_context(const std::string &what) const
{
	const char *const known = record_->data->context;
	const std::string all = (known ? std::string(known) + "\n" : "") + what;

	if (void *const copy = MemoryContextAllocExtended(record_->cxt, all.size() + 1,
													  MCXT_ALLOC_NO_OOM | MCXT_ALLOC_HUGE))
		record_->data->context = static_cast<char *>(memcpy(copy, all.c_str(), all.size() + 1));
}

ErrorData *
pg_error::release_into(MemoryContext parent) const noexcept
{
	MemoryContextSetParent(record_->cxt, parent); /* allocates nothing */
	record_->cxt = nullptr;
	return record_->data;
}

void
throw_caught_error(MemoryContext caller)
{
	std::shared_ptr<pg_error::record> record;
	volatile bool copied = false;

	MemoryContextSwitchTo(caller);
	try
	{
		record = std::make_shared<pg_error::record>();
	}
	catch (...)
	{
		FlushErrorState();
		throw;
	}

	PG_TRY();
	{
		record->cxt =
			AllocSetContextCreate(TopMemoryContext, "migsafe caught error", ALLOCSET_SMALL_SIZES);
		MemoryContextSwitchTo(record->cxt);
		record->data = CopyErrorData();
		copied = true;
	}
	PG_CATCH();
	{
		/* no memory even for the copy: the bad_alloc below stands for both */
	}
	PG_END_TRY();

	MemoryContextSwitchTo(caller);
	FlushErrorState();
	if (!copied)
		throw std::bad_alloc();
	throw pg_error(std::move(record));
}

/* A message may quote text that was cut within a character: put ? for what the encoding does not know. */
static void
mend_text(char *text, Size size) noexcept
{
	for (Size at = 0; at < size; at++)
	{
		at += static_cast<Size>(
			pg_encoding_verifymbstr(GetDatabaseEncoding(), text + at, static_cast<int>(size - at)));
		if (at < size)
			text[at] = '?';
	}
}

/* Copy without ever reporting an error; nullptr if there is no memory. */
static const char *
copy_text(MemoryContext cxt, const char *s) noexcept
{
	if (s == nullptr || *s == '\0')
		return nullptr;

	const Size size = strlen(s) + 1;
	auto *const copy = static_cast<char *>(
		MemoryContextAllocExtended(cxt, size, MCXT_ALLOC_NO_OOM | MCXT_ALLOC_HUGE));

	if (copy)
		mend_text(static_cast<char *>(memcpy(copy, s, size)), size - 1);
	return copy;
}

pending_error
describe_current_exception(MemoryContext cxt) noexcept
{
	pending_error pending;

	try
	{
		throw; // cppcheck-suppress rethrowNoCurrentException
	}
	catch (const pg_error &e)
	{
		pending.rethrow = e.release_into(cxt);
	}
	catch (const failure &e)
	{
		pending.sqlstate = e.sqlstate();
		pending.message = copy_text(cxt, e.what());
		pending.detail = copy_text(cxt, e.detail().c_str());
		pending.hint = copy_text(cxt, e.hint().c_str());
	}
	catch (const std::bad_alloc &)
	{
		pending.sqlstate = ERRCODE_OUT_OF_MEMORY;
		pending.message = "out of memory";
	}
	catch (const std::exception &e)
	{
		pending.message = copy_text(cxt, e.what());
	}
	catch (...)
	{
	}
	return pending;
}

static std::string
mended(std::string text)
{
	mend_text(text.data(), text.size());
	return text;
}

problem
describe_escaping()
{
	try
	{
		throw; // cppcheck-suppress rethrowNoCurrentException
	}
	catch (const pg_error &e)
	{
		return {e.sqlstate(), mended(e.what()), mended(e.detail()), mended(e.hint())};
	}
	catch (const failure &e)
	{
		return {e.sqlstate(), mended(e.what()), mended(e.detail()), mended(e.hint())};
	}
	catch (const std::bad_alloc &)
	{
		return {ERRCODE_OUT_OF_MEMORY, "out of memory", "", ""};
	}
	catch (const std::exception &e)
	{
		return {ERRCODE_INTERNAL_ERROR, mended(e.what()), "", ""};
	}
}

problem
describe(const ErrorData &error)
{
	const auto text = [](const char *s) { return mended(s ? s : ""); };

	return {error.sqlerrcode, text(error.message), text(error.detail), text(error.hint)};
}

void
raise(const pending_error &pending)
{
	if (pending.rethrow)
		ReThrowError(pending.rethrow);

	ereport(ERROR,
			(errcode(pending.sqlstate),
			 errmsg_internal("%s", pending.message ? pending.message : "unexpected C++ exception"),
			 pending.detail ? errdetail_internal("%s", pending.detail) : 0,
			 pending.hint ? errhint("%s", pending.hint) : 0));
	pg_unreachable();
}

} // namespace migsafe::pg
