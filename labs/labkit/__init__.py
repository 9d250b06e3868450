"""The labs' library: small modules, one concept each, on six floors.

1. ``device`` ``axes`` ``language`` ``laws`` ``records`` ``sentences``
2. ``models`` ``claims`` ``fitting`` ``plots``
3. ``train`` ``lesson`` ``moving``
4. ``runs`` ``planning``
5. ``epochs`` ``scaling`` ``steps``
6. ``compute`` ``signature``

A module imports only from floors below its own. ``epochs``, ``scaling`` and
``compute`` hold the measurements of one lab each, and its claims.
"""
