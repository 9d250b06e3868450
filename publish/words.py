"""What the site says by itself, beside the theme."""

SCRIPTLESS = ("This page needs JavaScript: without it, formulas are shown as "
              "they are typed, in TeX, figures do not move and no model "
              "trains: what was recorded stands there instead.")
SITE, TABLE = "Site", "Table"
BELOW = "Below {}"   # a page of the contents: what unfolds there
COURSE = "{} A course"   # the first page's title
NOT_RUN = "Not run yet"
NO_RESULTS = "This page shows the lab without its results."
WAITS = "They appear here once the labs have been run."
NOT_HERE = "Not here"
LOST = ("There is no page at this address. It may have moved: look in the "
        'contents, or <a href="search.html">search</a>, or start at the '
        '<a href="index.html">first page</a>.')
