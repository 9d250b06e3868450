"""The labs' library: small modules, one concept each, on four floors.

1. ``device`` ``axes`` ``language`` ``laws`` ``records`` ``sentences``
2. ``models`` ``claims`` ``fitting`` ``plots``
3. ``train`` ``runs`` ``lesson`` ``moving``
4. ``epochs`` ``scaling``: the measurements of one explanation each, and
   its claims

A module imports only from floors below its own.
"""
