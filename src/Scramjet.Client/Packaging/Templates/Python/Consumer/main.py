# A consumer: objects come in, each as a line of JSON, and nothing goes out.

import json


async def run(context, input, every=100):
    """The hub calls this once for each instance.

    context  the hub's side: logger, config, events
    input    the text that is sent to the instance
    every    the first argument that the instance is started with: after how many objects it tells of its progress
    """
    count = 0
    last = None
    async for item in objects(input):
        # This is the place to store the item, or to send it on.
        last = item
        count += 1
        if count % every == 0:
            context.logger.info(f"{count} objects so far")

    context.logger.info(f"{count} objects received, the last: {last}")


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
