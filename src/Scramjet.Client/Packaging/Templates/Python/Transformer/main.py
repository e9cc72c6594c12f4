# A transformer: objects or lines of text come in, objects go out. Each object is a line of JSON.

import codecs
import json
import sys

from scramjet.streams import Stream


async def run(context, input, greeting="Hello"):
    """The hub calls this once for each instance.

    context   the hub's side: logger, config, events
    input     the text that is sent to the instance
    greeting  the first argument that the instance is started with

    What is returned is the output. A hub of 0.18 wants a Stream; newer ones take a generator too.
    """
    context.logger.info(f"The greeting is {greeting}")
    return Stream.read_from(lines_of_json(context, greet(input, greeting)))


async def greet(input, greeting):
    async for item in items_of(input):
        # A line of text is a name.
        person = item if isinstance(item, dict) else {"name": item}
        yield {**person, "greeting": f"{greeting}, {person['name']}!" if "name" in person else f"{greeting}!"}


async def items_of(input):
    """Text and bytes come in pieces of any length: this makes lines of them, and objects of the lines that are JSON."""
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
    """What is sent as an object comes as a line of JSON. Any other line is text."""
    try:
        return json.loads(line) if line.lstrip()[0] in '{["' else line
    except (ValueError, RecursionError):
        return line


async def lines_of_json(context, items):
    """What goes out. A failure must end the instance here: else it would stay for ever, and nobody would know."""
    try:
        async for item in items:
            yield json.dumps(item) + "\n"
    except Exception as error:
        context.logger.error(f"Failed: {error!r}")
        sys.exit(1)
