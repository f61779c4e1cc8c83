"""Copies with scp.py on paramiko: its argument is the site and the request, as JSON."""

import json
import sys
import warnings

warnings.simplefilter("ignore")
import paramiko
import scp


def copy(request):
    with paramiko.SSHClient() as client:
        client.load_host_keys(request["knownHosts"])
        client.connect(
            "127.0.0.1", request["port"], request["user"],
            key_filename=request["key"], look_for_keys=False, allow_agent=False,
        )
        options = {} if not request.get("isPattern") else {"sanitize": lambda path: path}
        options["socket_timeout"] = 10
        with scp.SCPClient(client.get_transport(), **options) as channel:
            far, sources, target = request["far"], request["sources"], request["target"]
            flags = {
                "recursive": request.get("recursive", False),
                "preserve_times": request.get("preserve", False),
            }
            if request["direction"] == "up":
                channel.put(sources, f"{far}/{target}", **flags)
            else:
                channel.get([f"{far}/{source}" for source in sources], target, **flags)


try:
    copy(json.loads(sys.argv[1]))
except (OSError, scp.SCPException, paramiko.SSHException) as error:
    sys.exit(f"{type(error).__name__}: {error}")
