"""Copies the tree `t` with paramiko, up and down again: PORT USER KEY."""

import os
import sys
import warnings

warnings.simplefilter("ignore")
import paramiko


def copy(sftp):
    for directory, _, names in os.walk("t"):
        sftp.mkdir(directory)
        for name in names:
            sftp.put(f"{directory}/{name}", f"{directory}/{name}")
    queue = ["t"]
    for directory in queue:
        os.mkdir("back" + directory[1:])
        for entry in sftp.listdir_attr(directory):
            path = f"{directory}/{entry.filename}"
            if entry.longname.startswith("d"):
                queue.append(path)
            else:
                sftp.get(path, "back" + path[1:])


port, user, key = sys.argv[1:]
with paramiko.SSHClient() as client:
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    client.connect(
        "127.0.0.1", int(port), user,
        key_filename=key, look_for_keys=False, allow_agent=False,
    )
    copy(client.open_sftp())
