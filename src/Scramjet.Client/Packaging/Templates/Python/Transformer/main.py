# A transformer: objects come in, objects go out, each as a line of JSON.

import json

from scramjet.streams import Stream


async def run(context, input, greeting="Hello"):
    """The hub calls this once for each instance.

    context   the hub's side: logger, config, events
    input     the text that is sent to the instance
    greeting  the first argument that the instance is started with

    What is returned is the output. A hub of 0.18 wants a Stream; newer ones take the generator too.
    """
    context.logger.info(f"The greeting is {greeting}")
    return Stream.read_from(greet(context, input, greeting))


async def greet(context, input, greeting):
    async for person in objects(context, input):
        person["greeting"] = f"{greeting}, {person['name']}!"
        yield json.dumps(person) + "\n"


async def objects(context, input):
    """Text comes in pieces of any length: this makes lines of them, and objects of the lines."""
    rest = ""
    async for text in input:
        *lines, rest = (rest + text).split("\n")
        for line in lines:
            if line.strip():
                yield json.loads(line)
    if rest.strip():
        yield json.loads(rest)
