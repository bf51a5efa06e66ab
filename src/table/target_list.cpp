#include "table/target_list.hpp"

#include <algorithm>

namespace migsafe {
namespace {

std::vector<Oid>
elements_of(const pg::arguments &args, int number, const std::string &argument)
{
	Datum *elements = nullptr;
	bool *nulls = nullptr;
	int count = 0;
	std::vector<Oid> tables;

	pg::call([&] {
		deconstruct_array(DatumGetArrayTypeP(args.datum(number)), REGCLASSOID, sizeof(Oid), true,
						  TYPALIGN_INT, &elements, &nulls, &count);
	});
	for (int i = 0; i < count; i++)
	{
		if (nulls[i])
			throw failure(ERRCODE_NULL_VALUE_NOT_ALLOWED, "element " + std::to_string(i + 1) +
															  " of argument \"" + argument +
															  "\" is null")
				.hint("Name tables only, as in ARRAY['my_schema.my_table']::regclass[].");
		tables.push_back(DatumGetObjectId(elements[i]));
	}
	if (tables.empty())
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE, "argument \"" + argument + "\" is empty")
			.hint("Name at least one table, as in ARRAY['my_schema.my_table']::regclass[].");
	return tables;
}

bool
share_rows(const target &a, const target &b)
{
	const std::vector<Oid> of_a = a.leaf_ids(), of_b = b.leaf_ids();

	return std::find_first_of(of_a.begin(), of_a.end(), of_b.begin(), of_b.end()) != of_a.end();
}

} // namespace

target_list::target_list(const pg::arguments &args, int number, const char *argument, LOCKMODE mode)
{
	const std::vector<Oid> given = elements_of(args, number, argument);
	std::vector<Oid> sorted = given;

	std::sort(sorted.begin(), sorted.end());
	for (const Oid table : sorted)
	{
		if (!tables_.empty() && tables_.back()->relid() == table)
			throw failure(ERRCODE_INVALID_PARAMETER_VALUE, std::string("argument \"") + argument +
															   "\" names table \"" +
															   tables_.back()->name() + "\" twice")
				.hint("Name each table once.");
		tables_.push_back(std::make_unique<target>(table, argument, mode));
	}
	check_apart(argument);
	for (const Oid table : given)
		as_given_.push_back(static_cast<size_t>(
			std::lower_bound(sorted.begin(), sorted.end(), table) - sorted.begin()));
}

void
target_list::check_apart(const std::string &argument) const
{
	for (size_t i = 0; i < size(); i++)
	{
		for (size_t j = i + 1; j < size(); j++)
		{
			if (share_rows(*tables_[i], *tables_[j]))
				throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
							  "argument \"" + argument + "\" names tables \"" + tables_[i]->name() +
								  "\" and \"" + tables_[j]->name() +
								  "\", which have rows in common")
					.detail("The one is a partition or a child of the other.")
					.hint("Name the parent, or its partitions, but not both.");
		}
	}
}

} // namespace migsafe
