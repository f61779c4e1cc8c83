"""Copies with asyncssh's scp(): its argument is the site and the request, as JSON."""

import asyncio
import json
import shlex
import sys
import warnings

warnings.simplefilter("ignore")
import asyncssh


async def copy(request):
    async with asyncssh.connect(
        "127.0.0.1", request["port"], username=request["user"], config=None,
        client_keys=[request["key"]], agent_path=None,
        known_hosts=request["knownHosts"],
    ) as connection:
        def remote(path):
            path = f"{request['far']}/{path}"
            return connection, path if request.get("isPattern") else shlex.quote(path)

        sources, target = request["sources"], request["target"]
        if request["direction"] == "up":
            target = remote(target)
        else:
            sources = [remote(source) for source in sources]
        await asyncssh.scp(
            sources, target, recurse=request.get("recursive", False),
            preserve=request.get("preserve", False),
        )


try:
    asyncio.run(copy(json.loads(sys.argv[1])))
except (OSError, asyncssh.Error) as error:
    sys.exit(f"{type(error).__name__}: {error}")
