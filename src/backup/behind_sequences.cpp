#include "backup/behind_sequences.hpp"

#include "catalog/session.hpp"
#include "pg/message.hpp"

extern "C" {
#include "commands/sequence.h"
}

#include <algorithm>

namespace migsafe {
namespace {

/* A sequence that gives its numbers to a column. */
struct fed_column
{
	const target *table;
	const column *of;
	Oid sequence;
	int64 increment, lowest, highest;

	[[nodiscard]] bool ascending() const { return increment > 0; }
};

/* The number furthest on of those that a sequence is yet to give, and that are there. */
struct number_ahead
{
	fed_column where;
	int64 next, taken;

	[[nodiscard]] bool is_before(const number_ahead &other) const
	{
		return where.ascending() ? taken < other.taken : other.taken < taken;
	}
};

/*
 * Of identity columns, of those whose default is the sequence's next number and nothing more, and
 * of those without a default that a sequence belongs to.  A partition gets numbers by what its
 * ancestors have, too.  One that begins again at its end is never behind.
 */
constexpr char sequences_of_table[] =
	"WITH family (relid) AS (SELECT $1::oid UNION SELECT relid FROM pg_partition_ancestors($1)),"
	" fed (relid, attnum, sequence) AS ("
	"SELECT d.refobjid, d.refobjsubid, d.objid FROM family f JOIN pg_depend d"
	" ON d.refobjid = f.relid AND d.refclassid = 'pg_class'::regclass"
	" AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')"
	" WHERE NOT EXISTS (SELECT FROM pg_attrdef a"
	" WHERE a.adrelid = d.refobjid AND a.adnum = d.refobjsubid)"
	" UNION SELECT a.adrelid, a.adnum, d.refobjid FROM family f JOIN pg_attrdef a"
	" ON a.adrelid = f.relid JOIN pg_depend d ON d.objid = a.oid"
	" AND d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass"
	" WHERE pg_get_expr(a.adbin, a.adrelid)"
	" ~ '^\\(?nextval\\(''([^'']|'''')*''::regclass\\)\\)?(::(smallint|integer|bigint|numeric))?$')"
	" SELECT a.attname, s.seqrelid, s.seqincrement, s.seqmin, s.seqmax FROM fed f"
	" JOIN pg_attribute a ON a.attrelid = f.relid AND a.attnum = f.attnum JOIN pg_sequence s ON "
	"s.seqrelid = f.sequence"
	" WHERE NOT s.seqcycle ORDER BY f.relid <> $1, a.attnum, s.seqrelid";

bool
holds_numbers(const column &c)
{
	const Oid type = pg::call(getBaseType, c.type);

	return type == INT2OID || type == INT4OID || type == INT8OID || type == NUMERICOID;
}

std::vector<fed_column>
fed_columns(const target &t)
{
	catalog::session s;
	std::vector<fed_column> found;

	for (const pg::text_row &row : s->query(sequences_of_table, {pg::value::of_oid(t.relid())}))
	{
		const column *const c = t.find(*row[0]);

		if (c && !c->generated && holds_numbers(*c))
			found.push_back({&t, c, static_cast<Oid>(std::stoul(*row[1])), std::stoll(*row[2]),
							 std::stoll(*row[3]), std::stoll(*row[4])});
	}
	return found;
}

struct sequence_state
{
	bool readable;
	int64 last;
	bool given; /* has it given that number already? */
};

/*
 * Server code.  By its OID, since others may give its name to something else.  One that somebody
 * is about to alter or to drop is passed over: a restore does not wait for the sake of a hint.
 */
sequence_state
read_sequence(Oid sequence)
{
	sequence_state state{};

	if (!ConditionalLockRelationOid(sequence, AccessShareLock))
		return state;

	Relation const rel = try_relation_open(sequence, NoLock);

	if (rel == nullptr)
		return state;
	if (pg_class_aclmask(sequence, GetUserId(), ACL_SELECT | ACL_USAGE, ACLMASK_ANY) != 0)
	{
		TableScanDesc const scan = table_beginscan(rel, SnapshotAny, 0, nullptr);

		if (HeapTuple const tuple = heap_getnext(scan, ForwardScanDirection))
		{
			const auto *const data = reinterpret_cast<Form_pg_sequence_data>(GETSTRUCT(tuple));

			state = {true, data->last_value, data->is_called};
		}
		table_endscan(scan);
	}
	relation_close(rel, NoLock);
	return state;
}

/* The number that the sequence is to give next; nothing if it is at its end, or may not be read. */
std::optional<int64>
next_number(const fed_column &f)
{
	const sequence_state state = pg::call(read_sequence, f.sequence);
	int64 next = state.last;

	if (!state.readable || (state.given && __builtin_add_overflow(state.last, f.increment, &next)))
		return std::nullopt;
	return next;
}

/* Of the numbers from this one on that the sequence would give, the last one that is there. */
std::optional<int64>
last_taken(const fed_column &f, int64 next)
{
	const std::string c = "t." + pg::identifier(f.of->name);
	const bool up = f.ascending();
	const std::string sql = std::string("SELECT ") + (up ? "max" : "min") + "(" + c +
							")::bigint FROM " + f.table->quoted() + " t WHERE " + c +
							(up ? " >= $1 AND " : " <= $1 AND ") + c + (up ? " <= $2" : " >= $2") +
							" AND (" + c + "::numeric - $1) % $3 = 0";
	const pg::elevated rights(f.table->owner());
	pg::spi_session spi;
	const auto found =
		spi.scalar(sql, {pg::value::of(next), pg::value::of(up ? f.highest : f.lowest),
						 pg::value::of(f.increment)});

	return found ? std::optional<int64>(std::stoll(*found)) : std::nullopt;
}

/* One for each sequence. */
void
keep_last(std::vector<number_ahead> &all, const number_ahead &found)
{
	const auto same = std::find_if(all.begin(), all.end(), [&](const number_ahead &n) {
		return n.where.sequence == found.where.sequence;
	});

	if (same == all.end())
		all.push_back(found);
	else if (same->is_before(found))
		*same = found;
}

std::string
name_of(Oid sequence)
{
	const char *const name = pg::call(get_rel_name, sequence);
	const char *const schema =
		pg::call([=] { return get_namespace_name(get_rel_namespace(sequence)); });

	return name && schema ? pg::qualified_name(schema, name) : "";
}

void
tell(const number_ahead &found)
{
	const std::string name = name_of(found.where.sequence);

	const std::string taken = std::to_string(found.taken);

	pg::notice("sequence " + name + " is to give " + std::to_string(found.next) +
				   " next, and column \"" + found.where.of->name + "\" of table " +
				   found.where.table->quoted() + " has numbers " +
				   (found.where.ascending() ? "up" : "down") + " to " + taken,
			   "Let it go on after them: SELECT setval(" + pg::literal(name) + ", " + taken + ");");
}

} // namespace

void
tell_of_behind_sequences(const std::vector<const target *> &tables)
{
	std::vector<number_ahead> all;

	for (const target *t : tables)
	{
		for (const fed_column &f : fed_columns(*t))
		{
			if (const auto next = next_number(f))
			{
				if (const auto taken = last_taken(f, *next))
					keep_last(all, {f, *next, *taken});
			}
		}
	}
	for (const number_ahead &found : all)
		tell(found);
}

} // namespace migsafe
