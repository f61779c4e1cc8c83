"""Twisted Conch's server for the system's accounts: conch_server.py PORT HOST_KEY USER USER_KEY.pub

What `twistd conch` serves, but for two calls that fail in 22.4 on Python 3: the
look-up of keys, and that of a path below the home folder.
"""
import os
import sys

from twisted.conch import unix
from twisted.conch.checkers import InMemorySSHKeyDB, SSHPublicKeyChecker
from twisted.conch.ssh.factory import SSHFactory
from twisted.conch.ssh.keys import Key
from twisted.cred.portal import Portal
from twisted.internet import reactor


class Realm(unix.UnixSSHRealm):
    def requestAvatar(self, username, mind, *interfaces):
        return super().requestAvatar(username.decode(), mind, *interfaces)


def absolute(self, path):
    return os.path.join(self.avatar.getHomeDir(), os.fsdecode(path))


def main(port, host_key, user, user_key):
    unix.SFTPServerForUnixConchUser._absPath = absolute
    key = Key.fromFile(host_key)
    factory = SSHFactory()
    factory.privateKeys = {key.sshType(): key}
    factory.publicKeys = {key.sshType(): key.public()}
    keys = InMemorySSHKeyDB({user.encode(): [Key.fromFile(user_key)]})
    factory.portal = Portal(Realm(), [SSHPublicKeyChecker(keys)])
    reactor.listenTCP(int(port), factory, interface="127.0.0.1")
    reactor.run()


main(*sys.argv[1:])
