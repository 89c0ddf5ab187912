# storage/: the encrypted file. Builds and tests alone: make storage-test

storage_src := $(wildcard storage/*.c)
storage_lib := $(O)/storage.a
storage_libs := -lsqlite3 -lsodium -lpthread

$(storage_lib): $(storage_src:%.c=$(O)/%.o)
	@rm -f $@
	$(AR) rcs $@ $^

storage_tests := $(patsubst tests/unit/storage/%.c,$(O)/tests/unit/storage/%,$(wildcard tests/unit/storage/test_*.c))
storage_test_lib := $(patsubst %.c,$(O)/%.o,$(filter-out tests/unit/storage/test_%,$(wildcard tests/unit/storage/*.c)))
unit_tests += $(storage_tests)

# What tests/unit/storage/os_fault.c stands in front of.
storage_wrapped := malloc calloc strdup sodium_malloc open fcntl read pread write fsync fstat \
	unlink link mkdir rename renameat2 close sodium_init pthread_create sqlite3_vfs_register sqlite3_prepare_v2 \
	sqlite3_prepare_v3 sqlite3_step sqlite3_exec sqlite3_file_control \
	sqlite3_wal_checkpoint_v2 sqlite3_backup_step

$(storage_tests): $(O)/tests/unit/storage/%: $(O)/tests/unit/storage/%.o $(storage_test_lib) $(storage_lib)
	$(link) $^ $(storage_wrapped:%=-Wl,--wrap=%) $(storage_libs)

.PHONY: storage-test
storage-test: $(storage_tests)
	tests/run $^

# What the store costs by itself, sealed and plain.
storage_bench := $(O)/tests/bench/bench_store

$(storage_bench): $(O)/tests/bench/bench_store.o $(storage_lib)
	$(link) $^ $(storage_libs) -lm

.PHONY: storage-bench
storage-bench: $(storage_bench)
	$< --directory $(O)
