"""The labs' library: the experiments of the course, and what they stand on.

From the ground up:

- shared: ``axes`` ``damage`` ``device`` ``kinds`` ``lines`` ``rulings``
  ``sentences``, then ``cores`` ``rows`` ``records`` ``experiment``
  ``claims`` ``classroom`` (what a class's phones have said) ``plots``, then
  ``lesson`` (what a lab asks and answers) ``sliders``
- ``language``: language models and their training; ``members``: small
  networks of other kinds, many trained as one
- one package for each explanation: ``epochs`` ``landscape``
  ``interference`` ``lottery`` ``scaling``; none imports another
- ``compute``, which may use ``epochs`` and ``scaling``; ``verdict``

Imports run down only (``lint-imports`` tells). A package holds mathematical
objects, and its PARTS: modules that each hold an experiment, or a few of a
kind, with their claims, figures and facts.
"""
