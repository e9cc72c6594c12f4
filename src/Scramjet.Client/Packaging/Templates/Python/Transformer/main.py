# A transformer: objects come in, objects go out, each as a line of JSON.

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
    async for person in objects(input):
        yield {**person, "greeting": f"{greeting}, {person['name']}!"}


async def objects(input):
    """Text comes in pieces of any length: this makes lines of them, and objects of the lines."""
    rest = ""
    async for text in input:
        *lines, rest = (rest + text).split("\n")
        for line in lines:
            if line.strip():
                yield json.loads(line)
    if rest.strip():
        yield json.loads(rest)


async def lines_of_json(context, items):
    """What goes out. A failure must end the instance here: else it would stay for ever, and nobody would know."""
    try:
        async for item in items:
            yield json.dumps(item) + "\n"
    except Exception as error:
        context.logger.error(f"Failed: {error!r}")
        sys.exit(1)
