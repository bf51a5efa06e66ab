# PGXS build.  CMakeLists.txt describes the same module; both find the sources by folder.
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" migsafe.control)

MODULE_big = migsafe
EXTENSION  = migsafe
DATA_built = migsafe--$(EXTVERSION).sql
DATA       = $(sort $(wildcard upgrade/*.sql))
OBJS       = $(patsubst %.cpp,%.o,$(sort $(wildcard src/*.cpp src/*/*.cpp)))

# pg_regress runs the files one after the other; each is complete in itself.
REGRESS        = $(sort $(basename $(notdir $(wildcard sql/*.sql))))
ISOLATION      = $(sort $(basename $(notdir $(wildcard test/isolation/specs/*.spec))))
ISOLATION_OPTS = --inputdir=test/isolation

EXTRA_CLEAN = .build-id $(wildcard src/*.[od] src/*/*.[od])

PG_CONFIG ?= pg_config
PGXS      := $(shell $(PG_CONFIG) --pgxs)

# Server headers as system headers: our warnings, not theirs (PostgreSQL <= 15
# still says "register", which C++17 forbids).
PG_CPPFLAGS = -Isrc -isystem $(shell $(PG_CONFIG) --includedir-server) -MMD -MP
PG_CXXFLAGS = -std=c++20 -Wall -Wextra -Wshadow -fvisibility=hidden $(COPT)

# JSON Schema: regular expressions, and internationalised host names.  Exports: compression.
SHLIB_LINK += -lpcre2-8 -licuuc -lzstd

# Link with the C++ driver, so that libstdc++ comes along.
override COMPILER = $(CXX) $(CXXFLAGS)

# No bitcode: functions that may throw are never inlined by JIT, and clang
# would have to accept the same dialect.
override with_llvm = no

include $(PGXS)

# COPT may be Debian's flags for C, of which C++ does not know one; and from PostgreSQL 18 on it comes by PGXS as well.
override CXXFLAGS := $(filter-out -Werror=implicit-function-declaration,$(CXXFLAGS))

.DELETE_ON_ERROR:

$(DATA_built): $(wildcard src/*.sql src/*/*.sql) src/sql.order script/assemble_sql
	script/assemble_sql > $@

# Objects made for another server or with other flags are stale.
build_id = $(VERSION) $(CXX) $(CXXFLAGS) $(CPPFLAGS)
.build-id: FORCE
	@echo '$(build_id)' | cmp -s - $@ || echo '$(build_id)' > $@

.PHONY: FORCE

$(OBJS): .build-id
-include $(OBJS:.o=.d)
