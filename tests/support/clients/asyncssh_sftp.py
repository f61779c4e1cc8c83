"""Copies the tree `t` with asyncssh, up and down again: PORT USER KEY."""

import asyncio
import sys

import asyncssh

port, user, key = sys.argv[1:]


async def copy():
    async with asyncssh.connect(
        "127.0.0.1", int(port), username=user, client_keys=[key],
        known_hosts=None, config=None, agent_path=None,
    ) as connection:
        async with connection.start_sftp_client() as sftp:
            await sftp.put("t", recurse=True, preserve=True)
            await sftp.get("t", "back", recurse=True, preserve=True)


asyncio.run(copy())
