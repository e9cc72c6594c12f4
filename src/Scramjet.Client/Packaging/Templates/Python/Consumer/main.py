# A consumer: objects, each as a line of JSON, or lines of text come in, and nothing goes out.

import codecs
import json


async def run(context, input, every=100):
    """The hub calls this once for each instance.

    context  the hub's side: logger, config, events
    input    the text that is sent to the instance
    every    the first argument that the instance is started with: after how many items it tells of its progress
    """
    count = 0
    last = None
    async for item in items_of(input):
        # This is the place to store the item, an object or a line, or to send it on.
        last = item
        count += 1
        if count % every == 0:
            context.logger.info(f"{count} items so far")

    context.logger.info(f"{count} items received, the last: {last}")


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
