# A consumer: reads objects, each as a line of JSON, or lines of text, and writes nothing.

import codecs
import json


async def run(context, input, every=100):
    """The hub calls this once for each instance.

    context  the context of the instance: logger, config, events
    input    the text that is sent to the instance
    every    the first argument of the instance: the number of items after which it logs its progress
    """
    count = 0
    last = None
    async for item in items_of(input):
        # Store or forward the item here. It is an object or a line.
        last = item
        count += 1
        if count % every == 0:
            context.logger.info(f"{count} items so far")

    context.logger.info(f"{count} items received, the last: {last}")


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
