/*
 * ICU tests names as UTS 46 has it, which is wider than IDNA 2008: it maps characters, and it leaves symbols and some
 * others.  So both are looked for here.
 */
#include "schema/format_rules.hpp"
#include "schema/text_scanner.hpp"

#include "pg/failure.hpp"

#include <new>
#include <optional>
#include <string>
#include <unicode/uchar.h>
#include <unicode/uidna.h>
#include <unicode/utf8.h>

namespace migsafe::schema {
namespace {

/* In UTF-8: each character takes at least one octet of the A-labels. */
constexpr size_t longest_name = longest_hostname * U8_MAX_LENGTH;

const UIDNA *
open_idna()
{
	UErrorCode status = U_ZERO_ERROR;
	const UIDNA *idna = uidna_openUTS46(
		UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_CHECK_CONTEXTO |
			UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE,
		&status);

	if (U_FAILURE(status))
		throw failure(sqlstate("58000"), "could not load ICU's data on host names")
			.detail(std::string("ICU reports ") + u_errorName(status) + ".")
			.hint("Install ICU again, whole and of one version.");
	return idna;
}

using conversion = decltype(uidna_nameToASCII_UTF8);

/* The name or label converted; nothing if it is not valid. */
std::optional<std::string>
convert(conversion *to, std::string_view name)
{
	static const UIDNA *idna = open_idna();
	UErrorCode status = U_ZERO_ERROR;
	UIDNAInfo info = UIDNA_INFO_INITIALIZER;
	std::string converted(longest_name, '\0');
	const int32_t size = to(idna, name.data(), static_cast<int32_t>(name.size()), converted.data(),
							static_cast<int32_t>(converted.size()), &info, &status);

	if (status == U_MEMORY_ALLOCATION_ERROR)
		throw std::bad_alloc();
	if (U_FAILURE(status) || info.errors != 0)
		return std::nullopt;
	converted.resize(static_cast<size_t>(size));
	return converted;
}

bool
is_in_excluded_block(UChar32 c)
{
	const UBlockCode block = ublock_getCode(c);

	return block == UBLOCK_COMBINING_MARKS_FOR_SYMBOLS || block == UBLOCK_MUSICAL_SYMBOLS ||
		   block == UBLOCK_ANCIENT_GREEK_MUSICAL_NOTATION;
}

bool
is_old_hangul(UChar32 c)
{
	const int32_t type = u_getIntPropertyValue(c, UCHAR_HANGUL_SYLLABLE_TYPE);

	return type == U_HST_LEADING_JAMO || type == U_HST_VOWEL_JAMO || type == U_HST_TRAILING_JAMO;
}

/*
 * May a U-label hold it (RFC 5892, section 3)?  Of characters beyond ASCII that
 * UTS 46 leaves as they are: the unassigned and the unstable are not among them.
 * ICU itself looks at the neighbours of those that need some.
 */
bool
is_idna_character(char32_t code)
{
	constexpr std::u32string_view valid =
		U"\u00B7\u0375\u05F3\u05F4\u06FD\u06FE\u0F0B\u200C\u200D\u3007\u30FB";
	constexpr std::u32string_view disallowed =
		U"\u0640\u07FA\u302E\u302F\u3031\u3032\u3033\u3034\u3035\u303B";
	constexpr uint32_t letters_and_digits = U_GC_LL_MASK | U_GC_LU_MASK | U_GC_LO_MASK |
											U_GC_ND_MASK | U_GC_LM_MASK | U_GC_MN_MASK |
											U_GC_MC_MASK;
	const auto c = static_cast<UChar32>(code);

	if (valid.find(code) != std::u32string_view::npos)
		return true;
	if (disallowed.find(code) != std::u32string_view::npos || is_in_excluded_block(c) ||
		is_old_hangul(c))
		return false;
	return (U_GET_GC_MASK(c) & letters_and_digits) != 0;
}

bool
has_idna_characters(std::string_view unicode)
{
	text_scanner scanner(unicode);

	while (scanner.accept(is_ascii) || scanner.accept_beyond_ascii(is_idna_character))
		continue;
	return scanner.at_end();
}

/* The name with a full stop for each dot that separates labels (RFC 3490, section 3.1). */
std::string
with_full_stops(std::string_view name)
{
	std::string result(name);

	for (const std::string_view dot : {"\u3002", "\uFF0E", "\uFF61"})
		for (size_t at = 0; (at = result.find(dot, at)) != std::string::npos;)
			result.replace(at, dot.size(), ".");
	return result;
}

/* Is each label in ASCII, or its own U-label? */
bool
is_unmapped(std::string_view name)
{
	const std::string labels = with_full_stops(name);
	text_scanner scanner(labels);

	do
	{
		const std::string_view label = scanner.take_until('.');

		if (!is_all_ascii(label) && convert(uidna_labelToUnicodeUTF8, label) != label)
			return false;
	} while (scanner.accept('.'));
	return true;
}

} // namespace

bool
is_internationalized_name(std::string_view name, label_mapping mapping)
{
	if (name.size() > longest_name || !convert(uidna_nameToASCII_UTF8, name))
		return false;

	const std::optional<std::string> unicode = convert(uidna_nameToUnicodeUTF8, name);

	return unicode && !unicode->ends_with('.') && has_idna_characters(*unicode) &&
		   (mapping == label_mapping::allowed || is_unmapped(name));
}

} // namespace migsafe::schema
