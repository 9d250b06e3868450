"""The labs' library: small modules, one concept each, on seven floors.

1. ``device`` ``axes`` ``language`` ``laws`` ``records`` ``sentences``
   ``students`` ``nets`` ``curvature`` ``paths`` ``parity``
   ``superposition`` ``classifier`` ``adam`` ``surveys`` ``gradients``
   ``backward``
2. ``models`` ``claims`` ``fitting`` ``plots`` ``terrain`` ``masks``
   ``units``
3. ``train`` ``lesson`` ``moving`` ``tickets`` ``sharing``
4. ``runs`` ``planning``
5. ``epochs`` ``scaling`` ``steps`` ``landscape`` ``interference`` ``lottery``
6. ``compute`` ``signature``
7. ``verdict``

A module imports only from floors below its own. ``epochs``, ``scaling``,
``compute``, ``landscape``, ``interference`` and ``lottery`` hold the
measurements of one lab each, and its claims; ``verdict`` judges them all.
"""
