/*
 * data_reader.hpp
 *		The rows of an export: decompressed, in memory that is bounded whatever the file
 *		says, and read by the server's own COPY.
 */
#pragma once

#include "archive/descriptor.hpp"
#include "pg/relation.hpp"

extern "C" {
#include "commands/copy.h"
}

#include <memory>
#include <string>
#include <vector>
#include <zstd.h>

namespace migsafe::archive {

class data_reader
{
public:
	/* 55006 while rows are read: the constraints of domains are tried then, by code that may call anything. */
	static void require_none_at_work();

	/* path is for messages; bytes: how many there must be, decompressed, else XX001 */
	data_reader(const std::string &path, descriptor file, uint64 bytes);
	~data_reader() { current_ = nullptr; }
	data_reader(const data_reader &) = delete;
	data_reader &operator=(const data_reader &) = delete;

	/* The rows are those of a table; one reader at a time. */
	void begin(Relation table);
	/* Server code.  Values of the next row, in the current memory context; false at the end. */
	bool next(Datum *values, bool *nulls);
	/* All was read, and nothing is missing. */
	void finish();

private:
	const std::string path_;
	const descriptor file_;
	const uint64 expected_;
	const std::unique_ptr<ZSTD_DCtx, size_t (*)(ZSTD_DCtx *)> context_;
	std::vector<char> in_;
	ZSTD_inBuffer input_{};
	uint64 bytes_ = 0;
	bool frame_ended_ = false, file_ended_ = false;
	CopyFromState copy_ = nullptr;

	static data_reader *current_;

	static int source(void *to, int at_least, int at_most);
	int read(void *to, int at_least, int at_most);
	void refill();
	[[nodiscard]] failure damaged(const std::string &detail) const;
};

} // namespace migsafe::archive
