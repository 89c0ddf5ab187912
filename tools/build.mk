# tools/: what a person types: setting up, the demo school, installing.

.PHONY: setup-build setup-test setup-check setup-coverage setup-bench run install check-unit

setup-build setup-test setup-check setup-coverage setup-bench: setup-%:
	@tools/setup.sh $*

# Libraries are looked for when make starts: what is set up first is found by a make of its own.
PORT ?= 8420
run: setup-build
	@$(MAKE) --no-print-directory all
	@PORT='$(PORT)' FRESH='$(FRESH)' node tools/demo.mjs $(O)

# The unit may do as little as it does today: exposure 1.1, held at 1.5.
check_runs += check-unit
check-unit:
	@systemd-analyze security --offline=yes --threshold=15 --no-pager systemd/hark.service \
		>$(O)/hark.service.rated || { tail -n 1 $(O)/hark.service.rated; exit 1; }

bindir = $(DESTDIR)$(PREFIX)/bin
libdir = $(DESTDIR)$(PREFIX)/lib
libexecdir = $(DESTDIR)$(PREFIX)/libexec/hark
docdir = $(DESTDIR)$(PREFIX)/share/doc/hark

install: all
	install -d $(bindir) $(libexecdir) $(libdir)/systemd/system $(libdir)/sysusers.d \
		$(libdir)/tmpfiles.d $(docdir)/protocol
	install -m 755 $(O)/harkd $(O)/hark $(bindir)
	install -m 755 $(O)/hark-picture $(O)/hark-curl.so $(libexecdir)
	sed 's|/usr/bin/harkd|$(PREFIX)/bin/harkd|; s|/usr/share/doc|$(PREFIX)/share/doc|' \
		systemd/hark.service >$(libdir)/systemd/system/hark.service
	install -m 644 systemd/hark.sysusers $(libdir)/sysusers.d/hark.conf
	install -m 644 systemd/hark.tmpfiles $(libdir)/tmpfiles.d/hark.conf
	install -d $(DESTDIR)$(PREFIX)/share/hark/phrases
	install -m 644 examples/phrases/*.txt $(DESTDIR)$(PREFIX)/share/hark/phrases
	cp -R README.md pictures examples $(docdir)
	install -m 644 protocol/README.md protocol/schema.json $(docdir)/protocol
	@[ -n '$(DESTDIR)' ] || printf '%s\n' '' 'Next, as root:' \
		'  systemd-sysusers && systemd-tmpfiles --create' \
		'  cp $(docdir)/examples/hark.conf /etc/hark/hark.conf   and edit it' \
		'  hark init LOGIN NAME' \
		'  hark phrase import $(PREFIX)/share/hark/phrases/en.txt   or es, ar' \
		'  systemctl daemon-reload && systemctl enable --now hark' \
		'  hark check'
