#include "schema/ecma_pattern_property.hpp"

#include "schema/pattern_pcre.hpp"

#include <algorithm>
#include <iterator>

namespace migsafe::schema {
namespace {

struct category
{
	std::string_view code, name, other_name;
};

constexpr category categories[] = {
	{"C", "Other", {}},
	{"Cc", "Control", "cntrl"},
	{"Cf", "Format", {}},
	{"Cn", "Unassigned", {}},
	{"Co", "Private_Use", {}},
	{"Cs", "Surrogate", {}},
	{"L", "Letter", {}},
	{"LC", "Cased_Letter", {}},
	{"Ll", "Lowercase_Letter", {}},
	{"Lm", "Modifier_Letter", {}},
	{"Lo", "Other_Letter", {}},
	{"Lt", "Titlecase_Letter", {}},
	{"Lu", "Uppercase_Letter", {}},
	{"M", "Mark", "Combining_Mark"},
	{"Mc", "Spacing_Mark", {}},
	{"Me", "Enclosing_Mark", {}},
	{"Mn", "Nonspacing_Mark", {}},
	{"N", "Number", {}},
	{"Nd", "Decimal_Number", "digit"},
	{"Nl", "Letter_Number", {}},
	{"No", "Other_Number", {}},
	{"P", "Punctuation", "punct"},
	{"Pc", "Connector_Punctuation", {}},
	{"Pd", "Dash_Punctuation", {}},
	{"Pe", "Close_Punctuation", {}},
	{"Pf", "Final_Punctuation", {}},
	{"Pi", "Initial_Punctuation", {}},
	{"Po", "Other_Punctuation", {}},
	{"Ps", "Open_Punctuation", {}},
	{"S", "Symbol", {}},
	{"Sc", "Currency_Symbol", {}},
	{"Sk", "Modifier_Symbol", {}},
	{"Sm", "Math_Symbol", {}},
	{"So", "Other_Symbol", {}},
	{"Z", "Separator", {}},
	{"Zl", "Line_Separator", {}},
	{"Zp", "Paragraph_Separator", {}},
	{"Zs", "Space_Separator", {}},
};

struct binary_property
{
	std::string_view name, other_name;
};

constexpr binary_property binary_properties[] = {
	{"ASCII_Hex_Digit", "AHex"},
	{"Alphabetic", "Alpha"},
	{"Bidi_Control", "Bidi_C"},
	{"Bidi_Mirrored", "Bidi_M"},
	{"Case_Ignorable", "CI"},
	{"Cased", {}},
	{"Changes_When_Casefolded", "CWCF"},
	{"Changes_When_Casemapped", "CWCM"},
	{"Changes_When_Lowercased", "CWL"},
	{"Changes_When_NFKC_Casefolded", "CWKCF"},
	{"Changes_When_Titlecased", "CWT"},
	{"Changes_When_Uppercased", "CWU"},
	{"Dash", {}},
	{"Default_Ignorable_Code_Point", "DI"},
	{"Deprecated", "Dep"},
	{"Diacritic", "Dia"},
	{"Emoji", {}},
	{"Emoji_Component", "EComp"},
	{"Emoji_Modifier", "EMod"},
	{"Emoji_Modifier_Base", "EBase"},
	{"Emoji_Presentation", "EPres"},
	{"Extended_Pictographic", "ExtPict"},
	{"Extender", "Ext"},
	{"Grapheme_Base", "Gr_Base"},
	{"Grapheme_Extend", "Gr_Ext"},
	{"Hex_Digit", "Hex"},
	{"IDS_Binary_Operator", "IDSB"},
	{"IDS_Trinary_Operator", "IDST"},
	{"ID_Continue", "IDC"},
	{"ID_Start", "IDS"},
	{"Ideographic", "Ideo"},
	{"Join_Control", "Join_C"},
	{"Logical_Order_Exception", "LOE"},
	{"Lowercase", "Lower"},
	{"Math", {}},
	{"Noncharacter_Code_Point", "NChar"},
	{"Pattern_Syntax", "Pat_Syn"},
	{"Pattern_White_Space", "Pat_WS"},
	{"Quotation_Mark", "QMark"},
	{"Radical", {}},
	{"Regional_Indicator", "RI"},
	{"Sentence_Terminal", "STerm"},
	{"Soft_Dotted", "SD"},
	{"Terminal_Punctuation", "Term"},
	{"Unified_Ideograph", "UIdeo"},
	{"Uppercase", "Upper"},
	{"Variation_Selector", "VS"},
	{"White_Space", "space"},
	{"XID_Continue", "XIDC"},
	{"XID_Start", "XIDS"},
};

std::string
find_category(std::string_view name)
{
	const auto *const found =
		std::find_if(std::begin(categories), std::end(categories), [=](const category &c) {
			return name == c.code || name == c.name || name == c.other_name;
		});

	if (found == std::end(categories) || name.empty())
		return {};
	return found->code == "LC" ? "L&" : std::string(found->code);
}

bool
pcre_knows(const std::string &property)
{
	return compile_pcre("\\p{" + property + "}", PCRE2_UTF).code != nullptr;
}

/* PCRE2 overlooks case and underscores in names; all that Unicode gives to scripts are written so. */
bool
is_script_name(std::string_view name)
{
	bool first = true;

	for (char c : name)
	{
		const bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z';

		if (first ? !upper : !lower && c != '_')
			return name == "SignWriting";
		first = c == '_';
	}
	return !first;
}

character_property
find_script(const std::string &kind, std::string_view name)
{
	const std::string property = kind + ":" + std::string(name);

	if (!is_script_name(name) || !pcre_knows(property))
		return {};
	return {property};
}

character_property
find_binary(std::string_view name)
{
	const auto *const found = std::find_if(
		std::begin(binary_properties), std::end(binary_properties),
		[=](const binary_property &p) { return name == p.name || name == p.other_name; });

	if (found == std::end(binary_properties) || name.empty())
		return {};

	const std::string property(found->name);

	return {property, pcre_knows(property)};
}

} // namespace

character_property
find_property(std::string_view expression)
{
	const size_t equals = expression.find('=');
	const std::string_view name = expression.substr(0, equals);

	if (equals != expression.npos)
	{
		const std::string_view value = expression.substr(equals + 1);

		if (name == "General_Category" || name == "gc")
			return {find_category(value)};
		if (name == "Script" || name == "sc")
			return find_script("sc", value);
		if (name == "Script_Extensions" || name == "scx")
			return find_script("scx", value);
		return {};
	}
	if (name == "Any" || name == "ASCII")
		return {std::string(name)};
	if (name == "Assigned")
		return {"^Cn"};

	std::string category = find_category(name);

	return category.empty() ? find_binary(name) : character_property{std::move(category)};
}

std::string
property_hint(std::string_view expression)
{
	if (!find_script("sc", expression).text.empty())
		return "Scripts are written \\p{Script=" + std::string(expression) + "}.";
	return "Properties are those of ECMA-262, such as \\p{L}, \\p{Lowercase_Letter}, "
		   "\\p{Script=Greek} and \\p{Emoji}; case counts.";
}

} // namespace migsafe::schema
