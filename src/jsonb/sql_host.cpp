#include "jsonb/sql_host.hpp"

#include "jsonb/writer.hpp"
#include "pg/transaction.hpp"

#include <algorithm>
#include <new>

namespace migsafe::jsonb {

static_assert(format::entry_length_mask == JENTRY_OFFLENMASK);
static_assert(format::entry_type_mask == JENTRY_TYPEMASK);
static_assert(format::entry_has_offset == JENTRY_HAS_OFF);
static_assert(format::offset_stride == JB_OFFSET_STRIDE);
static_assert(format::type_string == JENTRY_ISSTRING);
static_assert(format::type_numeric == JENTRY_ISNUMERIC);
static_assert(format::type_false == JENTRY_ISBOOL_FALSE);
static_assert(format::type_true == JENTRY_ISBOOL_TRUE);
static_assert(format::type_null == JENTRY_ISNULL);
static_assert(format::type_container == JENTRY_ISCONTAINER);
static_assert(format::count_mask == JB_CMASK);
static_assert(format::flag_scalar == JB_FSCALAR);
static_assert(format::flag_object == JB_FOBJECT);
static_assert(format::flag_array == JB_FARRAY);

namespace {

bool
is_ascii(char c)
{
	return !IS_HIGHBIT_SET(c);
}

} // namespace

void
server_host::check() const
{
	if (stack_is_too_deep())
		throw failure(ERRCODE_STATEMENT_TOO_COMPLEX, "stack depth limit exceeded")
			.detail("A document is nested too deeply, or a schema refers through too many others.")
			.hint("Increase the configuration parameter \"max_stack_depth\", after ensuring that "
				  "the platform's stack depth limit is adequate.");
	if (INTERRUPTS_PENDING_CONDITION())
		pg::check_for_interrupts();
}

char *
server_host::allocate(size_t size) const
{
	void *const memory = palloc_extended(size, MCXT_ALLOC_NO_OOM | MCXT_ALLOC_HUGE);

	if (memory == nullptr)
		throw std::bad_alloc();
	return static_cast<char *>(memory);
}

void
server_host::release(char *memory) const
{
	pfree(memory);
}

std::string_view
server_host::utf8(std::string_view text) const
{
	const auto size = static_cast<int>(text.size());

	if (GetDatabaseEncoding() == PG_UTF8 || std::all_of(text.begin(), text.end(), is_ascii))
		return text;

	const char *const converted = pg::call(pg_server_to_any, text.data(), size, int{PG_UTF8});

	return converted == text.data() ? text : std::string_view(converted);
}

void
prefetch(const Jsonb *document)
{
	constexpr size_t line = 64, most = 8192;

	for (size_t at = 0; at < std::min<size_t>(VARSIZE(document), most); at += line)
		__builtin_prefetch(reinterpret_cast<const char *>(document) + at);
}

std::string_view
bytes_of(const Jsonb *datum)
{
	return {VARDATA(datum), VARSIZE(datum) - VARHDRSZ};
}

value
root_of(const Jsonb *datum)
{
	return root_of(bytes_of(datum));
}

Datum
to_datum(const item &root, size_t expected, const host &process)
{
	const datum written = write_document(root, expected, process);

	SET_VARSIZE(written.bytes, written.size);
	return PointerGetDatum(written.bytes);
}

} // namespace migsafe::jsonb
