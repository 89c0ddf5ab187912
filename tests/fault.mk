# tests/fault: the real daemon killed, on failing disks, started wrongly, stopped under load.

fault_shim := $(O)/tests/fault/shim.so
test_needs += $(fault_shim)
test_runs += "node tests/fault/kill.mjs $(O)" "node tests/fault/disk.mjs $(O)"

# Not instrumented, with any build: it stands in front of everything. Without the fortified
# headers, which define what is defined here.
$(fault_shim): tests/fault/shim.c
	@mkdir -p $(@D)
	$(CC) -O2 -g -std=c11 -D_GNU_SOURCE $(warnings) -U_FORTIFY_SOURCE -shared -fPIC -MMD -MP -o $@ $< -ldl
