"""asyncssh's own SFTP server for the current directory, with its scp if so told: asyncssh_server.py PORT HOST_KEY AUTHORIZED_KEYS scp|sftp"""
import asyncio
import sys

import asyncssh


async def serve(port, host_key, authorized_keys, served):
    server = await asyncssh.listen(
        "127.0.0.1", int(port), server_host_keys=[host_key],
        authorized_client_keys=authorized_keys,
        sftp_factory=True, allow_scp=served == "scp")
    await server.wait_closed()


asyncio.run(serve(*sys.argv[1:]))
