#include "schema/pattern_pcre.hpp"

namespace migsafe::schema {

pcre_compiled
compile_pcre(const std::string &text, uint32_t options)
{
	pcre_compiled result;
	PCRE2_SIZE offset = 0;

	result.code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), options,
									&result.error, &offset, nullptr));
	if (result.code == nullptr && result.error == PCRE2_ERROR_HEAP_FAILED)
		throw std::bad_alloc();
	return result;
}

} // namespace migsafe::schema
