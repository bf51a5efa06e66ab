#include "backup/fingerprint.hpp"

#include "pg/message.hpp"
#include "pg/settings.hpp"
#include "pg/snapshot.hpp"
#include "pg/value.hpp"
#include "table/image.hpp"
#include "table/table_scan.hpp"

namespace migsafe {

/* How to hash the content of a type. */
struct content_type
{
	enum class form { image, binary_output, text_output, array, composite } how;
	FormData_pg_attribute att; /* image: length and passing */
	FmgrInfo output;           /* binary or text */
	content_type *element;     /* array */
	int16 length;              /* array: of the element */
	bool by_value;
	char alignment;
};

namespace {

/* Simple built-in types whose image is a function of their value and holds no OID. */
bool
has_plain_image(Oid type)
{
	switch (type)
	{
		case BOOLOID:
		case CHAROID:
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case FLOAT4OID:
		case FLOAT8OID:
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
		case BYTEAOID:
		case JSONOID:
		case JSONBOID:
		case XMLOID:
		case UUIDOID:
		case DATEOID:
		case TIMEOID:
		case TIMETZOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
		case INTERVALOID:
			return true;
		default:
			return false;
	}
}

/* Types whose binary output is an OID, which another cluster gives another meaning. */
bool
is_oid_alias(Oid type)
{
	switch (type)
	{
		case REGPROCOID:
		case REGPROCEDUREOID:
		case REGOPEROID:
		case REGOPERATOROID:
		case REGCLASSOID:
		case REGTYPEOID:
		case REGROLEOID:
		case REGNAMESPACEOID:
		case REGCONFIGOID:
		case REGDICTIONARYOID:
		case REGCOLLATIONOID:
			return true;
		default:
			return false;
	}
}

/* Server code, as is all that follows up to the class. InvalidOid if there is none. */
Oid
binary_output_of(Oid type)
{
	HeapTuple const tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));

	if (!HeapTupleIsValid(tuple))
		pg::raise_internal_error("cache lookup failed for a type");
	const Oid send = reinterpret_cast<Form_pg_type>(GETSTRUCT(tuple))->typsend;

	ReleaseSysCache(tuple);
	return send;
}

void
use_output_function(content_type *content, Oid type)
{
	const Oid send = binary_output_of(type);
	bool varlena;
	Oid function = send;

	content->how = content_type::form::binary_output;
	if (!OidIsValid(send) || is_oid_alias(type))
	{
		content->how = content_type::form::text_output;
		getTypeOutputInfo(type, &function, &varlena);
	}
	fmgr_info(function, &content->output);
}

content_type *
content_of(Oid declared)
{
	auto *const content = static_cast<content_type *>(palloc0(sizeof(content_type)));
	const Oid type = getBaseType(declared);
	const Oid element = get_element_type(type);

	if (has_plain_image(type))
	{
		content->how = content_type::form::image;
		get_typlenbyval(type, &content->att.attlen, &content->att.attbyval);
	}
	else if (OidIsValid(element) && get_typlen(type) == -1)
	{
		content->how = content_type::form::array;
		content->element = content_of(element);
		get_typlenbyvalalign(element, &content->length, &content->by_value, &content->alignment);
	}
	else if (get_typtype(type) == TYPTYPE_COMPOSITE || type == RECORDOID)
		content->how = content_type::form::composite;
	else
		use_output_function(content, type);
	return content;
}

hash128 hash_content(const content_type *content, Datum value, bool null);

/* Dimensions, then the elements. */
hash128
hash_array(const content_type *content, Datum value)
{
	ArrayType *const array = DatumGetArrayTypeP(value);
	const int dimensions = ARR_NDIM(array);
	Datum *elements;
	bool *nulls;
	int count;
	StringInfoData buffer;

	deconstruct_array(array, ARR_ELEMTYPE(array), content->length, content->by_value,
					  content->alignment, &elements, &nulls, &count);
	initStringInfo(&buffer);
	appendBinaryStringInfo(&buffer, reinterpret_cast<const char *>(&dimensions), sizeof(int));
	for (const int *bound : {ARR_DIMS(array), ARR_LBOUND(array)})
		appendBinaryStringInfo(&buffer, reinterpret_cast<const char *>(bound),
							   static_cast<int>(sizeof(int)) * dimensions);
	for (int i = 0; i < count; i++)
	{
		const hash128 hash = hash_content(content->element, elements[i], nulls[i]);

		appendBinaryStringInfo(&buffer, reinterpret_cast<const char *>(&hash), sizeof(hash));
	}
	return hash_bytes(buffer.data, buffer.len);
}

hash128
hash_composite(Datum value)
{
	HeapTupleHeader const header = DatumGetHeapTupleHeader(value);
	TupleDesc const descriptor =
		lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(header), HeapTupleHeaderGetTypMod(header));
	HeapTupleData tuple;
	auto *const values = static_cast<Datum *>(palloc(sizeof(Datum) * descriptor->natts));
	auto *const nulls = static_cast<bool *>(palloc(sizeof(bool) * descriptor->natts));
	StringInfoData buffer;

	tuple.t_len = HeapTupleHeaderGetDatumLength(header);
	ItemPointerSetInvalid(&tuple.t_self);
	tuple.t_tableOid = InvalidOid;
	tuple.t_data = header;
	heap_deform_tuple(&tuple, descriptor, values, nulls);
	initStringInfo(&buffer);
	for (int i = 0; i < descriptor->natts; i++)
	{
		const FormData_pg_attribute &att = *TupleDescAttr(descriptor, i);

		if (att.attisdropped)
			continue;

		const hash128 hash = hash_content(content_of(att.atttypid), values[i], nulls[i]);

		appendBinaryStringInfo(&buffer, reinterpret_cast<const char *>(&hash), sizeof(hash));
	}
	ReleaseTupleDesc(descriptor);
	return hash_bytes(buffer.data, buffer.len);
}

hash128
hash_content(const content_type *content, Datum value, bool null)
{
	auto *const output = const_cast<FmgrInfo *>(&content->output);

	check_stack_depth();
	if (null)
		return hash_image(content->att, value, true);
	switch (content->how)
	{
		case content_type::form::image:
			return hash_image(content->att, value, false);
		case content_type::form::array:
			return hash_array(content, value);
		case content_type::form::composite:
			return hash_composite(value);
		case content_type::form::binary_output:
		{
			bytea *const bytes = SendFunctionCall(output, value);

			return hash_bytes(VARDATA(bytes), VARSIZE(bytes) - VARHDRSZ);
		}
		case content_type::form::text_output:
			break;
	}

	const char *const text = OutputFunctionCall(output, value);

	return hash_bytes(text, strlen(text));
}

} // namespace

fingerprint::fingerprint(TupleDesc descriptor)
	: types_cxt_("migsafe fingerprint types"), row_cxt_("migsafe fingerprint row")
{
	pg::memory_scope scope(types_cxt_.get());

	for (int i = 0; i < descriptor->natts; i++)
	{
		const FormData_pg_attribute &att = *TupleDescAttr(descriptor, i);

		types_.push_back(att.attisdropped ? nullptr : pg::call(content_of, att.atttypid));
	}
	hashes_.resize(types_.size() * sizeof(hash128));
}

void
fingerprint::add(TupleTableSlot *row)
{
	MemoryContext const saved = MemoryContextSwitchTo(row_cxt_.get());
	size_t size = 0;

	slot_getallattrs(row);
	for (size_t i = 0; i < types_.size(); i++)
	{
		if (types_[i] == nullptr)
			continue;

		const hash128 hash = hash_content(types_[i], row->tts_values[i], row->tts_isnull[i]);

		memcpy(hashes_.data() + size, &hash, sizeof(hash));
		size += sizeof(hash);
	}

	const hash128 hash = hash_bytes(hashes_.data(), size);

	sum_ += (static_cast<unsigned __int128>(hash.high) << 64) | hash.low;
	rows_++;
	MemoryContextSwitchTo(saved);
	MemoryContextReset(row_cxt_.get());
}

std::string
fingerprint::hex() const
{
	static const char digits[] = "0123456789abcdef";
	std::string text;

	for (int shift = 124; shift >= 0; shift -= 4)
		text += digits[static_cast<int>(sum_ >> shift) & 15];
	return text;
}

content_summary
summarize_table(const target &t, Snapshot snapshot)
{
	const pg::pinned_output pinned;
	fingerprint result(t.descriptor());
	table_scan scan(t, snapshot);

	pg::call([&] {
		PushActiveSnapshot(snapshot);
		while (scan.next())
		{
			CHECK_FOR_INTERRUPTS();
			result.add(scan.row());
		}
		PopActiveSnapshot();
	});
	return {result.rows(), result.hex()};
}

content_summary
summarize_now(Oid table)
{
	const pg::registered_snapshot snapshot;

	return summarize_table(target(table, "target", AccessShareLock), snapshot.get());
}

} // namespace migsafe

using namespace migsafe;

MIGSAFE_FUNCTION(migsafe_fingerprint)
{
	const pg::arguments args(fcinfo);

	args.require(0, "target");

	const target t(args.oid(0), "target", AccessShareLock);

	t.require_readable();

	const pg::registered_snapshot snapshot;

	return pg::value::text(summarize_table(t, snapshot.get()).fingerprint).datum;
}
