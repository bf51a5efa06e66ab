/*
 * pattern_pcre.hpp
 *		The objects of PCRE2, owned.
 */
#pragma once

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <memory>
#include <new>
#include <string>

namespace migsafe::schema {

struct pcre_deleter
{
	void operator()(pcre2_code *p) const noexcept { pcre2_code_free(p); }
	void operator()(pcre2_compile_context *p) const noexcept { pcre2_compile_context_free(p); }
	void operator()(pcre2_match_data *p) const noexcept { pcre2_match_data_free(p); }
	void operator()(pcre2_match_context *p) const noexcept { pcre2_match_context_free(p); }
	void operator()(pcre2_jit_stack *p) const noexcept { pcre2_jit_stack_free(p); }
};

template <typename T>
using pcre_owned = std::unique_ptr<T, pcre_deleter>;

/* What PCRE2 made of a pattern in its own language. */
struct pcre_compiled
{
	pcre_owned<pcre2_code> code; /* null if it made nothing */
	int error = 0;               /* a PCRE2_ERROR_ */
};

/* bad_alloc if there is no memory. */
pcre_compiled compile_pcre(const std::string &text, uint32_t options);

/* The pointer, which PCRE2 leaves null for want of memory: then bad_alloc. */
template <typename T>
pcre_owned<T>
owned(T *made)
{
	if (made == nullptr)
		throw std::bad_alloc();
	return pcre_owned<T>(made);
}

} // namespace migsafe::schema
