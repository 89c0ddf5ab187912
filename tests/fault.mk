# tests/fault: the real daemon killed, on failing disks, started wrongly, stopped under load. make
# soak: the same programs the long way, SOAK_SECONDS in all, 400 at least.

fault_shim := $(O)/tests/fault/shim.so
fault_hooks := $(O)/tests/fault/memory.so $(O)/tests/fault/clock.so
fault_files := $(O)/tests/fault/newer $(O)/tests/fault/clear
test_needs += $(fault_shim) $(fault_hooks) $(fault_files)
test_runs += $(patsubst %,"node tests/fault/%.mjs $(O)",kill escalate flags disk start closed stop secrets \
	crowd nth rekey full clock damage unwritable signin)

# Not instrumented, with any build: they stand in front of everything. Without the fortified
# headers, which define what is defined here.
$(fault_hooks): $(O)/%.so: %.c tests/fault/hooks.c tests/fault/hooks.h
$(fault_shim): $(O)/%.so: %.c
$(fault_shim) $(fault_hooks):
	@mkdir -p $(@D)
	$(CC) -O2 -g -std=c11 -D_GNU_SOURCE $(warnings) -U_FORTIFY_SOURCE -shared -fPIC -I. -o $@ $(filter %.c,$^) -ldl

$(fault_files): %: %.o $(storage_lib)
	$(CC) $(LDFLAGS) -o $@ $^ $(storage_libs)

SOAK_SECONDS ?= 1200

.PHONY: soak soak-now
soak: setup-build
	@$(MAKE) --no-print-directory soak-now

soak-now: $(programs) $(fault_shim) $(fault_hooks)
	@node tests/fault/soak.mjs $(O) $(SOAK_SECONDS)
