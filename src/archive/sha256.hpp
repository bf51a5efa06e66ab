#pragma once

#include "pg/call.hpp"

#include <string>
#include <string_view>

extern "C" {
#include "common/cryptohash.h"
}

namespace migsafe::archive {

/* SHA-256, by the server's own code. */
class sha256
{
public:
	sha256();
	~sha256();
	sha256(const sha256 &) = delete;
	sha256 &operator=(const sha256 &) = delete;

	void add(const void *bytes, size_t count);
	/* 64 hexadecimal digits; once. */
	std::string hex();

private:
	int exceptions_;
	pg_cryptohash_ctx *context_;
};

std::string sha256_of(std::string_view text);

} // namespace migsafe::archive
