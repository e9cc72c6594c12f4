# A generator: nothing comes in, objects go out, each as a line of JSON.

import asyncio
import json
import sys
from datetime import datetime, timezone

from scramjet.streams import Stream


async def run(context, input, count=10, pause=1000):
    """The hub calls this once for each instance.

    context       the hub's side: logger, config, events
    input         the text that is sent to the instance: not used here
    count, pause  the arguments that the instance is started with: how many objects, and the milliseconds between them

    What is returned is the output. A hub of 0.18 wants a Stream; newer ones take a generator too.
    """
    return Stream.read_from(lines_of_json(context, tick(context, count, pause)))


async def tick(context, count, pause):
    stopped = asyncio.Event()

    # An instance that is asked to stop gets the time to end well.
    async def stop(*_):
        stopped.set()

    context.set_stop_handler(stop)

    for n in range(1, count + 1):
        if stopped.is_set():
            break
        yield {"n": n, "time": datetime.now(timezone.utc).isoformat()}
        if n < count:
            await asyncio.sleep(pause / 1000)


async def lines_of_json(context, items):
    """What goes out. A failure must end the instance here: else it would stay for ever, and nobody would know."""
    try:
        async for item in items:
            yield json.dumps(item) + "\n"
    except Exception as error:
        context.logger.error(f"Failed: {error!r}")
        sys.exit(1)
