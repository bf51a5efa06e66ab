#include "schema/pattern_pcre.hpp"

namespace migsafe::schema {
namespace {

/*
 * Since PCRE2 10.43 a lookbehind may vary in length.  Not here: a schema that one
 * server takes has to be taken by another, where its dump is loaded.
 */
#ifdef PCRE2_ERROR_MAX_VAR_LOOKBEHIND_EXCEEDED
constexpr int varying_lookbehind = PCRE2_ERROR_MAX_VAR_LOOKBEHIND_EXCEEDED;

pcre_owned<pcre2_compile_context>
language()
{
	auto context = owned(pcre2_compile_context_create(nullptr));

	pcre2_set_max_varlookbehind(context.get(), 0);
	return context;
}
#else
constexpr int varying_lookbehind = PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH;

pcre_owned<pcre2_compile_context>
language()
{
	return nullptr;
}
#endif

} // namespace

pcre_compiled
compile_pcre(const std::string &text, uint32_t options)
{
	pcre_compiled result;
	const auto context = language();
	PCRE2_SIZE offset = 0;

	result.code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), options,
									&result.error, &offset, context.get()));
	if (result.code == nullptr && result.error == PCRE2_ERROR_HEAP_FAILED)
		throw std::bad_alloc();
	if (result.error == varying_lookbehind)
		result.error = PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH;
	return result;
}

} // namespace migsafe::schema
