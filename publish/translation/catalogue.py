"""The catalogue: a file of messages and their translations for each area.

    python -m publish.translation.catalogue    bring it up to date

Babel keeps it. A message whose English has changed becomes *fuzzy*, and is
not used until somebody has looked at it.
"""
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from publish.needs import ROOT
from publish.translation import sources

FOLDER = ROOT / "locale" / "zh"


def read(area):
    """The catalogue of an area; an empty one if there is none yet."""
    path = FOLDER / f"{area}.po"
    if not path.exists():
        return Catalog("zh_Hans_CN", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, "zh_Hans_CN")


def write(area, catalogue):
    """Save it, if anything has changed."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{area}.po").open("wb") as file:
        write_po(file, catalogue, width=0, omit_header=True)


def done(message):
    """Is a message of a catalogue translated, and seen as it is now?"""
    return bool(message.id and message.string and not message.fuzzy)


def table():
    """{message: its translation} of all areas."""
    return {message.id: message.string for area in sources.AREAS
            for message in read(area) if done(message)}


def update(*areas):
    """Bring new and changed messages into the files; old ones leave."""
    known = table()
    for area, messages in sources.messages().items():
        if areas and area not in areas:
            continue
        found = Catalog("zh_Hans_CN", fuzzy=False)
        for message, places in messages.items():
            found.add(message, locations=[(place, None) for place in
                                          dict.fromkeys(places)])
        catalogue = read(area)
        catalogue.update(found)
        for message in catalogue:
            if message.id in known:
                message.string = known[message.id]
                message.flags.discard("fuzzy")
        catalogue.obsolete.clear()
        write(area, catalogue)


def main():
    """Update, and say what is left to do."""
    update()
    for area in sources.AREAS:
        left = [message for message in read(area)
                if message.id and not done(message)]
        for message in left:
            print(f"{area}: {message.id}")
    print("locale/zh/ is up to date with the sources.")


if __name__ == "__main__":
    main()
