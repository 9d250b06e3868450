# Thin names for course.py, which works without make as well.
PYTHON ?= python3

.PHONY: book serve test facts record gpu room kit catalogue speed versions
book serve test facts gpu kit catalogue speed versions:
	@$(PYTHON) course.py $@
room:
	@$(PYTHON) course.py room $(LESSON) $(LANGUAGE)
record:
	@$(PYTHON) course.py record $(LAB) $(BUDGET)
