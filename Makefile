# Thin names for course.py, which works without make as well.
PYTHON ?= python3

.PHONY: book serve test facts record gpu speed versions
book serve test facts gpu speed versions:
	@$(PYTHON) course.py $@
record:
	@$(PYTHON) course.py record $(LAB) $(BUDGET)
