#include "archive/compressor.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "archive/zstd_memory.hpp"

namespace migsafe::archive {
namespace {

constexpr int level = 3;

size_t
checked(size_t result)
{
	require_zstd_memory(result);
	if (ZSTD_isError(result))
		throw failure(ERRCODE_INTERNAL_ERROR,
					  std::string("could not compress: ") + ZSTD_getErrorName(result));
	return result;
}

} // namespace

compressor::compressor(output_file &to)
	: to_(to), context_(ZSTD_createCCtx(), ZSTD_freeCCtx), in_(ZSTD_CStreamInSize()),
	  out_(ZSTD_CStreamOutSize())
{
	if (!context_)
		throw std::bad_alloc();
	checked(ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, level));
	checked(ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1));
}

void
compressor::write(const void *bytes, size_t count)
{
	const char *at = static_cast<const char *>(bytes);

	bytes_ += count;
	while (count > 0)
	{
		const size_t part = std::min(count, in_.size() - filled_);

		memcpy(in_.data() + filled_, at, part);
		filled_ += part;
		at += part;
		count -= part;
		if (filled_ == in_.size())
			pass_on(ZSTD_e_continue);
	}
}

void
compressor::finish()
{
	pass_on(ZSTD_e_end);
}

void
compressor::pass_on(ZSTD_EndDirective how)
{
	ZSTD_inBuffer in = {in_.data(), filled_, 0};
	size_t left;

	do
	{
		ZSTD_outBuffer out = {out_.data(), out_.size(), 0};

		left = checked(ZSTD_compressStream2(context_.get(), &out, &in, how));
		to_.write(out_.data(), out.pos);
	} while (how == ZSTD_e_end ? left > 0 : in.pos < in.size);
	filled_ = 0;
}

} // namespace migsafe::archive
