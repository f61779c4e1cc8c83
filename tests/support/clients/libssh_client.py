"""Copies with libssh's ssh_scp functions: its argument is the site and the request, as JSON."""

import ctypes
import json
import os
import sys

OPTION_HOST, OPTION_PORT, OPTION_USER, OPTION_KNOWNHOSTS = 0, 1, 4, 8
OPTION_TIMEOUT, OPTION_PROCESS_CONFIG = 9, 38
BLOCK = 16384
SCP_WRITE, SCP_READ, SCP_RECURSIVE = 0, 1, 0x10
NEW_FOLDER, NEW_FILE, END_OF_ALL, END_OF_FOLDER, WARNING = 1, 2, 3, 4, 5

libssh = ctypes.CDLL("libssh.so.4")
pointer, text, size = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t
for name, result, *arguments in [
    ("ssh_new", pointer),
    ("ssh_options_set", ctypes.c_int, pointer, ctypes.c_int, pointer),
    ("ssh_connect", ctypes.c_int, pointer),
    ("ssh_session_is_known_server", ctypes.c_int, pointer),
    ("ssh_pki_import_privkey_file", ctypes.c_int, text, text, pointer, pointer, pointer),
    ("ssh_userauth_publickey", ctypes.c_int, pointer, text, pointer),
    ("ssh_get_error", text, pointer),
    ("ssh_disconnect", None, pointer),
    ("ssh_scp_new", pointer, pointer, ctypes.c_int, text),
    ("ssh_scp_init", ctypes.c_int, pointer),
    ("ssh_scp_close", ctypes.c_int, pointer),
    ("ssh_scp_push_directory", ctypes.c_int, pointer, text, ctypes.c_int),
    ("ssh_scp_leave_directory", ctypes.c_int, pointer),
    ("ssh_scp_push_file64", ctypes.c_int, pointer, text, ctypes.c_uint64, ctypes.c_int),
    ("ssh_scp_write", ctypes.c_int, pointer, text, size),
    ("ssh_scp_pull_request", ctypes.c_int, pointer),
    ("ssh_scp_accept_request", ctypes.c_int, pointer),
    ("ssh_scp_request_get_filename", text, pointer),
    ("ssh_scp_request_get_permissions", ctypes.c_int, pointer),
    ("ssh_scp_request_get_size64", ctypes.c_uint64, pointer),
    ("ssh_scp_request_get_warning", text, pointer),
    ("ssh_scp_read", ctypes.c_int, pointer, text, size),
]:
    function = getattr(libssh, name)
    function.restype, function.argtypes = result, arguments

request = json.loads(sys.argv[1])
session = libssh.ssh_new()


def check(result):
    if result != 0:
        sys.exit(f"libssh: {libssh.ssh_get_error(session).decode()}")


def connect():
    for option, value in [
        (OPTION_PROCESS_CONFIG, ctypes.byref(ctypes.c_bool(False))),
        (OPTION_HOST, b"127.0.0.1"),
        (OPTION_PORT, ctypes.byref(ctypes.c_uint(request["port"]))),
        (OPTION_USER, request["user"].encode()),
        (OPTION_KNOWNHOSTS, request["knownHosts"].encode()),
        (OPTION_TIMEOUT, ctypes.byref(ctypes.c_long(5))),
    ]:
        value = ctypes.cast(value, pointer) if isinstance(value, bytes) else value
        check(libssh.ssh_options_set(session, option, value))
    check(libssh.ssh_connect(session))
    check(libssh.ssh_session_is_known_server(session) - 1)
    key = pointer()
    path = request["key"].encode()
    check(libssh.ssh_pki_import_privkey_file(path, None, None, None, ctypes.byref(key)))
    check(libssh.ssh_userauth_publickey(session, None, key))


def push(scp, path):
    name, mode = os.path.basename(path).encode(), os.stat(path).st_mode & 0o777
    if os.path.isdir(path):
        check(libssh.ssh_scp_push_directory(scp, name, mode))
        for entry in sorted(os.listdir(path)):
            push(scp, f"{path}/{entry}")
        check(libssh.ssh_scp_leave_directory(scp))
    else:
        with open(path, "rb") as file:
            content = file.read()
        check(libssh.ssh_scp_push_file64(scp, name, len(content), mode))
        # An empty file takes a write, too.
        for at in range(0, max(1, len(content)), BLOCK):
            block = content[at : at + BLOCK]
            check(libssh.ssh_scp_write(scp, block, len(block)))


def read_file(scp, path):
    length = libssh.ssh_scp_request_get_size64(scp)
    mode = libssh.ssh_scp_request_get_permissions(scp)
    check(libssh.ssh_scp_accept_request(scp))
    with open(path, "wb") as file:
        os.fchmod(file.fileno(), mode)
        is_read = False
        while not is_read:  # An empty file takes a read, too.
            wanted = min(length, BLOCK)
            block = ctypes.create_string_buffer(max(1, wanted))
            count = libssh.ssh_scp_read(scp, block, wanted)
            check(0 if count > 0 or wanted == 0 else -1)
            file.write(block.raw[:count])
            length -= count
            is_read = length == 0


def pull(scp, target):
    folders = [target]
    status = 0
    while (kind := libssh.ssh_scp_pull_request(scp)) != END_OF_ALL:
        if kind == WARNING:
            print(libssh.ssh_scp_request_get_warning(scp).decode(), file=sys.stderr)
            status = 1
        elif kind == END_OF_FOLDER:
            folders.pop()
        elif kind in (NEW_FOLDER, NEW_FILE):
            path = folders[-1]
            if os.path.isdir(path):
                path += "/" + os.fsdecode(libssh.ssh_scp_request_get_filename(scp))
            if kind == NEW_FILE:
                read_file(scp, path)
            else:
                os.makedirs(path, exist_ok=True)
                os.chmod(path, libssh.ssh_scp_request_get_permissions(scp))
                check(libssh.ssh_scp_accept_request(scp))
                folders.append(path)
        else:
            check(-1)
    return status


connect()
is_up = request["direction"] == "up"
source, = request["sources"]
flags = SCP_RECURSIVE if request.get("recursive") else 0
location = f"{request['far']}/{request['target'] if is_up else source}".encode()
scp = libssh.ssh_scp_new(session, flags | (SCP_WRITE if is_up else SCP_READ), location)
check(libssh.ssh_scp_init(scp))
status = push(scp, source) if is_up else pull(scp, request["target"])
check(libssh.ssh_scp_close(scp))
libssh.ssh_disconnect(session)
sys.exit(status)
