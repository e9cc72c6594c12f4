# A transformer: reads objects or lines of text and writes objects. Each object is a line of JSON.

import codecs
import json
import sys

from scramjet.streams import Stream


async def run(context, input, greeting="Hello"):
    """The hub calls this once for each instance.

    context   the context of the instance: logger, config, events
    input     the text that is sent to the instance
    greeting  the first argument of the instance

    The return value is the output. Hubs of version 0.18 require a Stream. Later versions also accept a generator.
    """
    context.logger.info(f"The greeting is {greeting}")
    return Stream.read_from(lines_of_json(context, greet(input, greeting)))


async def greet(input, greeting):
    async for item in items_of(input):
        # A line of text is a name.
        person = item if isinstance(item, dict) else {"name": item}
        yield {**person, "greeting": f"{greeting}, {person['name']}!" if "name" in person else f"{greeting}!"}


async def items_of(input):
    """Splits text and bytes, which arrive in chunks of any length, into lines, and converts lines of JSON to objects."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    rest = ""
    async for piece in input:
        *lines, rest = (rest + (piece if isinstance(piece, str) else decoder.decode(piece))).split("\n")
        for line in lines:
            if line.strip():
                yield item_of(line.rstrip("\r"))
    if rest.strip():
        yield item_of(rest.rstrip("\r"))


def item_of(line):
    """Converts a line of JSON to an object. Any other line is text."""
    try:
        return json.loads(line) if line.lstrip()[0] in '{["' else line
    except (ValueError, RecursionError):
        return line


async def lines_of_json(context, items):
    """Writes the output. An error must end the instance here. Otherwise the instance would keep running without a sign of the error."""
    try:
        async for item in items:
            yield json.dumps(item) + "\n"
    except Exception as error:
        context.logger.error(f"Failed: {error!r}")
        sys.exit(1)
