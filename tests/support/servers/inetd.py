"""Starts a program for each connection, with the connection as its stdin and stdout: inetd.py PORT COMMAND..."""
import signal
import socket
import subprocess
import sys

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=64)
while True:
    connection, _ = listener.accept()
    with connection:
        subprocess.Popen(
            sys.argv[2:], stdin=connection, stdout=connection, restore_signals=True,
            preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_DFL))
