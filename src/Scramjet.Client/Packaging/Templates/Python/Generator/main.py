# A generator: reads nothing and writes objects, each as a line of JSON.

import asyncio
import json
import sys
from datetime import datetime, timezone

from scramjet.streams import Stream


async def run(context, input, count=10, pause=1000):
    """The hub calls this once for each instance.

    context       the context of the instance: logger, config, events
    input         the text that is sent to the instance, which is not used here
    count, pause  the arguments of the instance: the number of objects, and the milliseconds between them

    The return value is the output. Hubs of version 0.18 require a Stream. Later versions also accept a generator.
    """
    return Stream.read_from(lines_of_json(context, tick(context, count, pause)))


async def tick(context, count, pause):
    stopped = asyncio.Event()

    # When the instance is asked to stop, it has time to end cleanly.
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
    """Writes the output. An error must end the instance here. Otherwise the instance would keep running without a sign of the error."""
    try:
        async for item in items:
            yield json.dumps(item) + "\n"
    except Exception as error:
        context.logger.error(f"Failed: {error!r}")
        sys.exit(1)
