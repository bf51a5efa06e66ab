#pragma once

#include "archive/output_file.hpp"

#include <memory>
#include <vector>
#include <zstd.h>

namespace migsafe::archive {

/* What goes through it lands in a file, compressed, as one frame of zstd. */
class compressor
{
public:
	explicit compressor(output_file &to);

	void write(const void *bytes, size_t count);
	/* The end of the frame. */
	void finish();

	/* How many have come in. */
	[[nodiscard]] uint64 bytes() const { return bytes_; }

private:
	output_file &to_;
	std::unique_ptr<ZSTD_CCtx, size_t (*)(ZSTD_CCtx *)> context_;
	std::vector<char> in_, out_;
	size_t filled_ = 0;
	uint64 bytes_ = 0;

	void pass_on(ZSTD_EndDirective how);
};

} // namespace migsafe::archive
