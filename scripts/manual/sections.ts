/** Sections of the manual that no table is the source of, as mdoc(7). */

/** Section before the options. */
export const DESCRIPTION = String.raw`
.Sh DESCRIPTION
.Nm
copies files and directories between this machine and others, or between two
others, with the command line of
.Xr scp 1 .
It runs the system's
.Xr ssh 1
for each connection: keys, agents, jump hosts, known hosts and
.Xr ssh_config 5
work as they do for ssh, and ssh itself asks for passwords and passphrases.
A server needs nothing but what it needs for scp.
.Pp
A single
.Ar source
is copied to
.Ar target ,
or into it if that is a directory.
Several sources are copied into
.Ar target ,
which must be a directory; on a server, a missing one is created.
See
.Sx LOCATIONS
for the syntax of both.
.Pp
On a terminal a meter shows the progress of each file.
A file that cannot be copied is reported, and the rest is copied.
.Pp
Started as scp by another client,
.Nm
is the remote side of that client's copy.`;

/** Beginning of the section on options. */
export const OPTIONS_BEGIN = String.raw`
.Sh OPTIONS
Options end at the first operand or at
.Fl \- .
Letters can be joined, as in
.Fl rp ,
and so can a letter and its value, as in
.Fl P2222 .
Options for ssh are passed on to it unchanged, in the order given.`;

/** Sections between the options and the examples. */
export const AFTER_OPTIONS = String.raw`
.Sh LOCATIONS
A source or target is one of these:
.Bl -tag -width Ds
.It Ar path
A path on this machine: it has no colon, or a slash before the first colon.
So
.Pa ./a:b
is a local file.
On Windows,
.Pa C:\ex
and
.Pa C:/x
are local as well.
.It Oo Ar user Ns @ Oc Ns Ar host : Ns Op Ar path
A path on another host, relative to the home directory there; without
.Ar path ,
that directory.
Put an IPv6 address in brackets:
.Ql [2001:db8::1]:docs .
.It Xo
.Li scp://\& Ns
.Oo Ar user Ns @ Oc Ns Ar host Ns
.Op : Ns Ar port Ns
.Op / Ns Ar path
.Xc
The same as a URI, which can name a port.
The path is relative to the home directory, or absolute if it begins with a
second slash.
.Li % Ns Ar xx
is decoded, and a plus sign stands for a space.
.El
.Ss Patterns
The local shell expands patterns in local paths.
Quote a pattern in a remote source to keep it from the local shell:
.Li \(aqhost:logs/*.gz\(aq .
.Pp
A remote path is literal, over either protocol: spaces, quotes and dollar signs
are part of the name.
Only in a source are
.Li * ,
.Li \&? ,
.Li [a\-z]
and
.Li [!a\-z]
patterns.
They match a leading dot only if the pattern begins with one, and
.Li \e
makes the character after it literal.
An entry named exactly like a pattern is taken in place of its matches.
In a source or a target,
.Pa \(ti/
is the home directory and
.Pa \(tiuser/
that of another user.
A name with a line break needs SFTP.
.Pp
Only with
.Fl O
does the remote shell read the path as it was typed, as with
.Nm scp Fl O :
patterns, quotes, braces, variables, commands.
.Pp
A source that names no entry of its own, such as
.Ql host:\& ,
.Ql host:.\&
or
.Ql host:dir/.\& ,
needs
.Fl r
and copies the content of the directory; an existing target keeps its mode and
times.
.Sh PROTOCOLS
A copy goes over SCP or over SFTP and has the same result over either.
Without
.Fl O ,
.Fl s
or
.Fl D ,
.Nm
chooses SFTP with
.Fl \-jobs ,
for downloads of which some is left out, where an option has to look at a
server's files, if a remote shell would misread a path, if it sends
directories, several sources or a name with a line break, if the target may lie
inside its source, for files below
.Pa /proc
and
.Pa /sys ,
and if ssh will prompt; otherwise SCP.
.Fl v
shows the choice and its reason.
.Pp
If that protocol does not begin (no such program, a refused request, a shell
that exits, a silent forced command), the copy uses the other one and says so in
one line.
That takes another login, which costs nothing if ssh shares a connection (see
.Cm ControlMaster
in
.Xr ssh_config 5 ) ;
.Nm
starts a shared connection itself only with
.Fl \-share .
A host without scp, or without SFTP, is remembered for 30 days.
.Pp
Small files do not wait for each other.
Over SCP, a download is acknowledged in advance, and an upload sends the next
file before the last one is acknowledged; over SFTP, up to 1024 entries are in
flight at once.
.Sh ENVIRONMENT
ssh inherits the environment, so variables that it reads, such as
.Ev SSH_AUTH_SOCK ,
keep their meaning; see
.Xr ssh 1 .
.Nm
itself reads these:
.Bl -tag -width Ds
.It Ev PATH
Directories that are searched for ssh, and for a program that
.Fl S
or
.Fl D
names without a slash.
.It Ev SSH_ASKPASS_REQUIRE , DISPLAY , WAYLAND_DISPLAY
On Linux, they tell whether ssh would prompt in a graphical program.
If so, each file sent over SCP waits for its answer, because a second login, if
one is needed, might prompt again.
.It Ev TERM
If this is
.Cm dumb ,
the meter redraws nothing: each file gets one line when it is complete.
.It Ev SEACP_COMPLETE_REMOTE
If this is
.Cm no ,
completions list no remote files.
.It Ev SEACP_HOST_MEMORY
If this is
.Cm no ,
hosts without scp, or without SFTP, are neither remembered nor looked up.
.It Ev XDG_RUNTIME_DIR , XDG_CACHE_HOME
Directories in which completions keep lists of remote files for a minute, in
.Pa seacp ;
the default is
.Pa ~/.cache/seacp .
Hosts are remembered in
.Pa seacp/hosts
below
.Ev XDG_CACHE_HOME
or
.Pa ~/.cache .
.It Ev XDG_RUNTIME_DIR , TMPDIR
Directories in which
.Fl \-share
makes one of its own for the socket of a shared login, for as long as it copies;
the first that has a short path and can be written, else
.Pa /tmp .
.It Ev SystemRoot
Directory of Windows, which holds its table of services.
.El
.Sh FILES
.Nm
has no configuration file.
.Bl -tag -width Ds
.It Pa ~/.cache/seacp/hosts
Hosts without scp, or without SFTP, as salted hashes.
Files that other users could have written are ignored.
The directory can be removed at any time.
.It Pa /etc/services
Ports of services, for a port that is given by name; on Windows
.Pa %SystemRoot%\eSystem32\edrivers\eetc\eservices .
.El
.Sh EXIT STATUS
.Bl -tag -width Ds
.It 0
Everything arrived whole.
.It 1
Something did not arrive, or the command line is wrong.
.It 255
ssh could not connect, the connection was lost, or neither protocol began; with
.Fl O
the status is then 1.
Or an option has an invalid value.
.It 129 , 130 , 143
A HUP, INT or TERM signal ended the copy.
.It 141
With
.Fl \-json :
nobody read standard output any more.
.El`;

/** Sections after the examples. */
export const AFTER_EXAMPLES = String.raw`
.Sh DIAGNOSTICS
Each message is one line on standard error: the program, the host, the file and
the cause.
Unprintable bytes are shown as
.Li \e Ns Ar ooo .
With
.Fl O
messages have the form of
.Nm scp Fl O .
A
.Ql warning
does not change the exit status.
A copy of several files of which some failed ends with a summary that names
those once more.
Some messages suggest a remedy:
.Bl -tag -width Ds
.It Li try \-\-lockstep
The server broke the protocol, or says that
.Nm
did.
Data that arrives early may have confused it.
.It Li try \-s , Li try \-O
The server does not offer the protocol that was asked for.
.It Li \-T takes any name
The server sent a name that was not asked for, and it was refused.
.It Li going on with 3 of 8 connections
The server takes no more logins at a time, or no more sessions in a shared one
(see
.Cm MaxStartups
and
.Cm MaxSessions
in
.Xr sshd_config 5 ) ,
or lost some.
The copy is whole all the same.
.It Li the shell said
The remote login shell prints something before scp or SFTP begins.
The copy still works; over SCP it takes another login.
The message says how to silence the shell.
.El
.Pp
With
.Fl v
each step is reported, by ssh too.
.Pp
If a copy is interrupted or its connection is lost, the files in flight are
named.
A partial download holds only new data.
So does a partial upload of a new file, but over an existing file it may leave
old data at the end.
.Sh SEE ALSO
.Xr rsync 1 ,
.Xr scp 1 ,
.Xr sftp 1 ,
.Xr ssh 1 ,
.Xr ssh_config 5 ,
.Xr sftp\-server 8
.Sh STANDARDS
SCP is what OpenSSH's
.Xr scp 1
speaks with
.Fl O ;
there is no standard for it.
SFTP is version 3, with extensions of OpenSSH.`;

/** The last section. */
export const CAVEATS = String.raw`
.Sh CAVEATS
With
.Fl O
the remote shell reads the path of an operand, so its special characters must be
quoted for that shell as well.
.Pp
Names that are not UTF\-8 are copied on Linux only; elsewhere each is refused
with a message.
.Pp
Owners, FIFOs and devices are not copied.`;
