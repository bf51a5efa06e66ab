#include "archive/data_reader.hpp"

#include "archive/source_folder.hpp"
#include "archive/zstd_memory.hpp"

#include <new>

namespace migsafe::archive {
namespace {

/* 16 MB, eight times what an export needs. */
constexpr int largest_window_log = 24;

} // namespace

data_reader *data_reader::current_ = nullptr;

void
data_reader::require_none_at_work()
{
	if (current_)
		throw failure(ERRCODE_OBJECT_IN_USE,
					  "an export or import cannot be called from within another")
			.detail("The call comes from a constraint of a domain, which is tried when rows are "
					"read from a file.")
			.hint("Call migsafe from a statement of its own.");
}

data_reader::data_reader(const std::string &path, descriptor file, uint64 bytes)
	: path_(path), file_(std::move(file)), expected_(bytes),
	  context_(ZSTD_createDCtx(), ZSTD_freeDCtx), in_(ZSTD_DStreamInSize())
{
	if (!context_)
		throw std::bad_alloc();
	ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, largest_window_log);
}

failure
data_reader::damaged(const std::string &detail) const
{
	return failure(ERRCODE_DATA_CORRUPTED, "file \"" + path_ + "\" cannot be decompressed")
		.detail(detail)
		.hint("It is not what an export writes.");
}

void
data_reader::begin(Relation table)
{
	current_ = this;
	copy_ = pg::call([=] {
		char format[] = "format", binary[] = "binary";
		ParseState *const state = make_parsestate(nullptr);
		List *const options = list_make1(makeDefElem(
			pstrdup(format), reinterpret_cast<Node *>(makeString(pstrdup(binary))), -1));

		return BeginCopyFrom(state, table, nullptr, nullptr, false, source, NIL, options);
	});
}

bool
data_reader::next(Datum *values, bool *nulls)
{
	ErrorContextCallback where = {error_context_stack, CopyFromErrorCallback, copy_};

	error_context_stack = &where;

	const bool found = NextCopyFrom(copy_, nullptr, values, nulls);

	error_context_stack = where.previous;
	return found;
}

void
data_reader::finish()
{
	pg::call(EndCopyFrom, copy_);
	if (!frame_ended_)
		throw damaged("It ends too early.");
	if (bytes_ != expected_)
		throw damaged("It holds " + std::to_string(bytes_) + " bytes instead of " +
					  std::to_string(expected_) + ".");
}

/* The server calls it: no exception may pass. */
int
data_reader::source(void *to, int at_least, int at_most)
{
	return pg::guard([=] { return current_->read(to, at_least, at_most); });
}

int
data_reader::read(void *to, int at_least, int at_most)
{
	ZSTD_outBuffer out = {to, static_cast<size_t>(at_most), 0};

	while (out.pos < static_cast<size_t>(at_least))
	{
		refill();
		if (file_ended_ && input_.pos == input_.size && frame_ended_)
			break;

		const size_t before = out.pos;
		const size_t left = ZSTD_decompressStream(context_.get(), &out, &input_);

		require_zstd_memory(left);
		if (ZSTD_isError(left))
			throw damaged(std::string(ZSTD_getErrorName(left)) + ".");
		frame_ended_ = left == 0;
		if (file_ended_ && !frame_ended_ && out.pos == before)
			throw damaged("It ends too early.");
	}
	bytes_ += out.pos;
	if (bytes_ > expected_)
		throw damaged("It holds more bytes than it should.");
	return static_cast<int>(out.pos);
}

void
data_reader::refill()
{
	if (input_.pos < input_.size || file_ended_)
		return;
	input_ = {in_.data(), read_some(file_, path_, in_.data(), in_.size()), 0};
	file_ended_ = input_.size == 0;
}

} // namespace migsafe::archive
