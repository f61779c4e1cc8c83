"""The stub of an SFTP server that paramiko tests itself with: paramiko_server.py PORT HOST_KEY USER_KEY.pub

Serves the current directory as its root. Like the original it sets a size by
opening the file anew for writing, which empties it.
"""
import base64
import os
import socket
import sys
import threading

import paramiko
from paramiko import SFTPAttributes, SFTPHandle, SFTPServer, SFTPServerInterface
from paramiko.sftp import SFTP_OK

ROOT = os.getcwd()


class Login(paramiko.ServerInterface):
    def __init__(self, key):
        self.key = key

    def get_allowed_auths(self, username):
        return "publickey"

    def check_auth_publickey(self, username, key):
        good = key.asbytes() == self.key
        return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED


def answered(method):
    """Turns an OSError into a status."""
    def call(*args):
        try:
            result = method(*args)
        except OSError as error:
            return SFTPServer.convert_errno(error.errno)
        return SFTP_OK if result is None else result
    return call


class StubHandle(SFTPHandle):
    @answered
    def stat(self):
        return SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))

    @answered
    def chattr(self, attr):
        SFTPServer.set_file_attr(self.filename, attr)


class StubServer(SFTPServerInterface):
    def _path(self, path):
        return ROOT + self.canonicalize(path)

    @answered
    def list_folder(self, path):
        path = self._path(path)
        entries = []
        for name in os.listdir(path):
            entry = SFTPAttributes.from_stat(os.stat(os.path.join(path, name)))
            entry.filename = name
            entries.append(entry)
        return entries

    @answered
    def stat(self, path):
        return SFTPAttributes.from_stat(os.stat(self._path(path)))

    @answered
    def lstat(self, path):
        return SFTPAttributes.from_stat(os.lstat(self._path(path)))

    @answered
    def open(self, path, flags, attr):
        path = self._path(path)
        mode = getattr(attr, "st_mode", None)
        descriptor = os.open(path, flags, 0o666 if mode is None else mode)
        if flags & os.O_CREAT and attr is not None:
            attr._flags &= ~attr.FLAG_PERMISSIONS
            SFTPServer.set_file_attr(path, attr)
        append = flags & os.O_APPEND
        if flags & os.O_WRONLY:
            kind = "ab" if append else "wb"
        elif flags & os.O_RDWR:
            kind = "a+b" if append else "r+b"
        else:
            kind = "rb"
        handle = StubHandle(flags)
        handle.filename = path
        handle.readfile = handle.writefile = os.fdopen(descriptor, kind)
        return handle

    @answered
    def remove(self, path):
        os.remove(self._path(path))

    @answered
    def rename(self, old, new):
        os.rename(self._path(old), self._path(new))

    @answered
    def mkdir(self, path, attr):
        path = self._path(path)
        os.mkdir(path)
        if attr is not None:
            SFTPServer.set_file_attr(path, attr)

    @answered
    def rmdir(self, path):
        os.rmdir(self._path(path))

    @answered
    def chattr(self, path, attr):
        SFTPServer.set_file_attr(self._path(path), attr)


def serve(connection, host_key, user_key):
    transport = paramiko.Transport(connection)
    transport.add_server_key(host_key)
    transport.set_subsystem_handler("sftp", SFTPServer, StubServer)
    try:
        transport.start_server(server=Login(user_key))
        while transport.is_active():
            transport.join(0.1)
    except (paramiko.SSHException, EOFError, OSError):
        transport.close()


def main(port, host_key, user_key):
    host_key = paramiko.Ed25519Key.from_private_key_file(host_key)
    with open(user_key) as file:
        user_key = base64.b64decode(file.read().split()[1])
    listener = socket.create_server(("127.0.0.1", int(port)), backlog=64)
    while True:
        connection, _ = listener.accept()
        threading.Thread(
            target=serve, args=(connection, host_key, user_key), daemon=True).start()


main(*sys.argv[1:])
