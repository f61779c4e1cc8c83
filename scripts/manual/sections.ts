/** The manual's sections that are written by hand, as mdoc(7). */

/** What is said before the options. */
export const DESCRIPTION = String.raw`
.Sh DESCRIPTION
.Nm
copies files and folders between this machine and others, or between two
others, as
.Xr scp 1
does, and takes the same command line.
It runs the system's
.Xr ssh 1
for each connection, so that keys, agents, jump hosts, known hosts and
.Xr ssh_config 5
are those of ssh, which asks for passwords and passphrases by itself.
The far side needs nothing but what scp needs there.
.Pp
A single
.Ar source
is copied to
.Ar target ,
or into it if that is a folder.
Of several, each is copied into
.Ar target ,
which has to be a folder.
How both are written is told in
.Sx LOCATIONS .
.Pp
On a terminal a meter shows how far each file is.
A file that cannot be copied is told, and the rest goes on.
.Pp
Started as scp by another client,
.Nm
is the far side of that client's copy.`;

/** How the section on options begins. */
export const OPTIONS_BEGIN = String.raw`
.Sh OPTIONS
Options end with the first operand or with
.Fl \- .
They may be clustered, as in
.Fl rp ,
and a value glued to its letter, as in
.Fl P2222 .
What is meant for ssh is handed on to it, word for word and in the order given.`;

/** What is said after the options, before the examples. */
export const AFTER_OPTIONS = String.raw`
.Sh LOCATIONS
A source or target is one of these:
.Bl -tag -width Ds
.It Ar path
A path on this machine.
It is taken for one if it has no colon, or a slash before the first colon, so
that
.Pa ./a:b
is a local file.
On Windows
.Pa C:\ex
and
.Pa C:/x
are local, too.
.It Oo Ar user Ns @ Oc Ns Ar host : Ns Op Ar path
A path on another host, relative to the home folder there; without
.Ar path ,
that folder.
An IPv6 address is put in brackets:
.Ql [2001:db8::1]:docs .
.It Xo
.Li scp://\& Ns
.Oo Ar user Ns @ Oc Ns Ar host Ns
.Op : Ns Ar port Ns
.Op / Ns Ar path
.Xc
The same as a URI, with a port if there is one.
The path is relative to the home folder, or absolute if it begins with a second
slash.
What is written as
.Li % Ns Ar xx
is decoded, and a plus sign is a blank.
.El
.Ss Patterns
Patterns in local paths are the local shell's.
Those in the path of a source on another host have to be kept from it:
.Li \(aqhost:logs/*.gz\(aq .
.Pp
A remote path is literal, over either protocol: blanks, quotes and dollar signs
are part of the name.
In a source alone,
.Li * ,
.Li \&? ,
.Li [a\-z]
and
.Li [!a\-z]
are patterns, a leading dot only where the pattern has one, and
.Li \e
takes the meaning from the character after it.
An entry that has the very name comes before any pattern; a target is never one.
.Pa \(ti/
is the home directory,
.Pa \(tiuser/
that of another user.
A name with a line break needs SFTP.
.Pp
With
.Fl O
alone the remote shell reads the path as it was typed, as with
.Nm scp Fl O :
patterns, quotes, braces, variables, commands.
.Pp
What has no name of its own, as
.Ql host:\& ,
.Ql host:.\&
or
.Ql host:dir/.\& ,
brings with
.Fl r
what the directory holds, and leaves a target that is there its own mode and
times.
.Sh PROTOCOLS
A copy goes over SCP or over SFTP, and means the same over either.
Without
.Fl O ,
.Fl s
or
.Fl D ,
SFTP is taken where a remote shell would read a path otherwise, where
directories are sent, where a target may lie in its source, below
.Pa /proc
and
.Pa /sys ,
and where ssh will have to ask for something; else SCP.
.Fl v
says which one, and why.
.Pp
If that protocol does not begin (no such program, a refused request, a shell
that ends, a forced command that is silent), the copy goes on over the other
one, and says so in one line.
That is another login, which costs nothing where ssh shares a connection (see
.Cm ControlMaster
in
.Xr ssh_config 5 ) ;
.Nm
never starts one to be shared.
That a host has no scp, or no SFTP, is remembered for 30 days.
.Pp
Over both protocols small files do not wait for each other.
Over SCP, the next one is sent before the last one is acknowledged, or
acknowledged before it came; over SFTP, up to 64 are in flight at once.
.Sh ENVIRONMENT
ssh is given the environment as it is, so that all it reads, such as
.Ev SSH_AUTH_SOCK ,
has its meaning; see
.Xr ssh 1 .
.Nm
itself reads these:
.Bl -tag -width Ds
.It Ev PATH
Where ssh is looked for, and what
.Fl S
and
.Fl D
name without a slash.
.It Ev SSH_ASKPASS_REQUIRE , DISPLAY , WAYLAND_DISPLAY
Tell, on Linux, whether ssh would ask by a graphical program.
If so, files sent over SCP wait for their answers, since a second login, should
it be needed, might ask again.
.It Ev TERM
If it is
.Cm dumb ,
the meter draws no line twice: each file has its line once it is there.
.It Ev SEACP_COMPLETE_REMOTE
If it is
.Cm no ,
completions ask no far side for its files.
.It Ev SEACP_HOST_MEMORY
If it is
.Cm no ,
it is neither kept nor looked up which hosts have no scp, or no SFTP.
.It Ev XDG_RUNTIME_DIR , XDG_CACHE_HOME
Where completions keep for a minute what a remote told them: in
.Pa seacp
there, or else in
.Pa ~/.cache/seacp .
Hosts are remembered in
.Pa seacp/hosts
in
.Ev XDG_CACHE_HOME
or
.Pa ~/.cache .
.It Ev SystemRoot
Where Windows has its table of services.
.El
.Sh FILES
.Nm
has no configuration of its own.
.Bl -tag -width Ds
.It Pa ~/.cache/seacp/hosts
Hosts that have no scp, or no SFTP, by salted hashes; what is not the user's
alone is not believed.
It may be removed at any time.
.It Pa /etc/services
The ports that services have, for a port that is given by name; on Windows
.Pa %SystemRoot%\eSystem32\edrivers\eetc\eservices .
.El
.Sh EXIT STATUS
.Bl -tag -width Ds
.It 0
Everything arrived whole, and every ssh ended well.
.It 1
Something did not, or the call was wrong.
.It 255
ssh could not connect, a connection was lost, or neither protocol began (with
.Fl O
this is 1); or an option's value makes no sense.
.It 129 , 130 , 143
A HUP signal, an interrupt or a TERM signal ended it, in this order.
.El`;

/** What is said after the examples. */
export const AFTER_EXAMPLES = String.raw`
.Sh DIAGNOSTICS
Messages go to standard error, each on one line that names the program, the host
and the file, and the cause; what is not printable in them is shown as
.Li \e Ns Ar ooo .
With
.Fl O
they have the form of
.Nm scp Fl O .
A
.Ql warning
leaves the exit status as it is.
Some say what to do:
.Bl -tag -width Ds
.It Li try \-\-lockstep
The far side broke the protocol, or says that
.Nm
did.
It may be confused by what came before it was due.
.It Li try \-s , Li try \-O
The server does not have the protocol that was asked for.
.It Li \-T takes any name
The far side sent something else than what was asked for, which was not taken.
.It Li the shell said
The far side's login shell prints something before scp or SFTP begins.
The copy works all the same, at the price of another login over SCP.
The message says how to keep the shell quiet.
.El
.Pp
With
.Fl v
each step is told, and ssh tells its own.
.Pp
When a copy is interrupted, or its connection lost, the file under way is named;
what is left of it is a beginning, with nothing older behind it.
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

/** What ends the manual. */
export const CAVEATS = String.raw`
.Sh CAVEATS
With
.Fl O
the remote shell reads the path of an operand: what has a meaning for it has to
be quoted for it, too.
.Pp
Names that are not UTF\-8 are copied on Linux; on other systems each is refused
with a message.
.Pp
Owners, FIFOs and devices are not copied.`;
