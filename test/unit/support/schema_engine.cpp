#include "support/schema_engine.hpp"

#include "jsonb/tree.hpp"
#include "jsonb/writer.hpp"
#include "schema/bundle.hpp"
#include "support/text.hpp"

namespace migsafe::test_bed {

using namespace schema;

memory_source::memory_source(std::initializer_list<entry> schemas)
{
	for (const auto &[uri, text] : schemas)
		documents_.emplace(uri, encoded(text));
}

std::optional<std::string>
memory_source::find(const std::string &uri) const
{
	const auto found = documents_.find(uri);

	asked_.push_back(uri);
	return found == documents_.end() ? std::nullopt : std::optional(found->second);
}

std::string
memory_source::parse(std::string_view json) const
{
	return encoded(json);
}

compiled_schema
schema_engine::compile(std::string_view schema, const compile_options &options) const
{
	return compile(schema, memory_source(), options);
}

compiled_schema
schema_engine::compile(std::string_view schema, const source &registered,
					   const compile_options &options) const
{
	return compile_document(encoded(schema), registered, options);
}

compiled_schema
schema_engine::compile_document(std::string_view schema, const source &registered,
								const compile_options &options) const
{
	return schema::compile(schema, options, registered, host_);
}

bool
schema_engine::matches(const program &compiled, std::string_view document)
{
	memory_.reset();
	return schema::matches(compiled, jsonb::root_of(document), memory_, host_);
}

std::vector<output_unit>
schema_engine::find_failures(const program &compiled, std::string_view document)
{
	memory_.reset();
	return schema::find_failures(compiled, jsonb::root_of(document), memory_, host_);
}

std::string
schema_engine::bundle(const program &compiled, std::string_view document)
{
	memory_.reset();

	jsonb::tree nodes(memory_, host_);
	jsonb::item root(jsonb::root_of(document));

	if (!schema::bundle(compiled, nodes, root))
		return std::string(document);

	const jsonb::datum written = jsonb::write_document(root, document.size(), host_);
	std::string bytes(written.bytes + jsonb::length_word, written.size - jsonb::length_word);

	host_.release(written.bytes);
	return bytes;
}

} // namespace migsafe::test_bed
