#include "archive/sha256.hpp"

#include "archive/hex.hpp"

extern "C" {
#include "common/sha2.h"
}

#include <exception>

namespace migsafe::archive {
namespace {

failure
hash_failure()
{
	return failure(ERRCODE_INTERNAL_ERROR, "could not compute a SHA-256");
}

} // namespace

sha256::sha256()
	: exceptions_(std::uncaught_exceptions()), context_(pg::call(pg_cryptohash_create, PG_SHA256))
{
	if (pg_cryptohash_init(context_) < 0)
		throw hash_failure();
}

sha256::~sha256()
{
	/* it belongs to a resource owner, which frees it when the transaction aborts */
	if (std::uncaught_exceptions() == exceptions_)
		pg_cryptohash_free(context_);
}

void
sha256::add(const void *bytes, size_t count)
{
	if (pg_cryptohash_update(context_, static_cast<const uint8 *>(bytes), count) < 0)
		throw hash_failure();
}

std::string
sha256::hex()
{
	uint8 digest[PG_SHA256_DIGEST_LENGTH];

	if (pg_cryptohash_final(context_, digest, sizeof digest) < 0)
		throw hash_failure();
	return hex_of(digest, sizeof digest);
}

std::string
sha256_of(std::string_view text)
{
	sha256 hash;

	hash.add(text.data(), text.size());
	return hash.hex();
}

} // namespace migsafe::archive
