/*
 * schema_engine.hpp
 *		What src/schema does, from JSON text to answers.
 */
#pragma once

#include "jsonb/arena.hpp"
#include "schema/compile.hpp"
#include "schema/evaluate.hpp"
#include "support/test_host.hpp"

#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace migsafe::test_bed {

/* Schemas by URI, as JSON text. */
class memory_source : public schema::source
{
public:
	using entry = std::pair<const std::string, std::string>;

	memory_source() = default;
	memory_source(std::initializer_list<entry> schemas);

	[[nodiscard]] std::optional<std::string> find(const std::string &uri) const override;
	[[nodiscard]] std::string hint() const override { return "Ask the test."; }
	[[nodiscard]] std::string parse(std::string_view json) const override;

	/* What find() was asked for, in that order. */
	[[nodiscard]] const std::vector<std::string> &asked() const { return asked_; }

private:
	std::map<std::string, std::string> documents_;
	mutable std::vector<std::string> asked_;
};

using compiled_schema = std::shared_ptr<const schema::program>;

/* Each call raises what src/schema raises. */
class schema_engine
{
public:
	explicit schema_engine(const limits &granted = {}) : host_(granted) {}

	/* Of JSON text. */
	[[nodiscard]] compiled_schema compile(std::string_view schema,
										  const schema::compile_options &options = {}) const;
	[[nodiscard]] compiled_schema compile(std::string_view schema, const schema::source &registered,
										  const schema::compile_options &options = {}) const;
	/* Of documents: data of jsonb datums after their length words. */
	[[nodiscard]] compiled_schema
	compile_document(std::string_view schema, const schema::source &registered,
					 const schema::compile_options &options = {}) const;

	bool matches(const schema::program &compiled, std::string_view document);
	std::vector<schema::output_unit> find_failures(const schema::program &compiled,
												   std::string_view document);

	/* The document together with those that it needs; the same one if it needs none. */
	std::string bundle(const schema::program &compiled, std::string_view document);

	[[nodiscard]] const test_host &process() const { return host_; }

private:
	test_host host_;
	jsonb::arena memory_;
};

} // namespace migsafe::test_bed
