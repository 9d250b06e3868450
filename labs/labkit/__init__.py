"""The labs' library: small modules, one concept each, on four floors.

1. ``device`` ``axes`` ``language`` ``records`` ``sentences``
2. ``models`` ``claims`` ``plots``
3. ``train`` ``runs`` ``lesson``
4. ``epochs``: the measurements of one explanation, and its claims

A module imports only from floors below its own.
"""
