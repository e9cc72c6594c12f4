# Python runs this before the hub's Python runner. That one keeps no hold of the writers of the streams that it only
# reads, and since 3.11.5 Python closes a stream whose writer nobody holds: no instance would come up.

import asyncio

if hasattr(asyncio.StreamWriter, "__del__"):
    del asyncio.StreamWriter.__del__
