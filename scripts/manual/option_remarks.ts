/**
 * Remarks on options by their names, as mdoc(7). The manual shows them below
 * the summary that `--help` shows.
 */
export const OPTION_REMARKS: Readonly<Record<string, string>> = {
  r: String.raw`
A loop of symbolic links is an error where it closes.
In a copy between two local paths, links stay links.
If the source is
.Pa \&.
or
.Pa .. ,
the content of that directory is copied; a missing target is created.`,

  p: String.raw`
A copy to this machine never sets the set-user-ID and set-group-ID bits.`,

  q: String.raw`
Failures are still reported.`,

  P: String.raw`
The port is a number or the name of a service.
A port in a URI takes precedence.
The letter is a capital because
.Fl p
already means to preserve times and modes.`,

  i: String.raw`
This option can be given more than once.`,

  J: String.raw`
Separate several hosts by commas; ssh jumps through them in that order.`,

  o: String.raw`
This option can be given more than once.
For example,
.Fl o Cm ServerAliveInterval=15
ends a copy whose server has stopped answering.`,

  l: String.raw`
The limit is from 1 to 104857600.`,

  A: String.raw`
Without this option ssh is told not to forward it, whatever its configuration
says; with
.Fl R
the configuration decides.`,

  T: String.raw`
Without this option, the top names that a host sends must match the operand, so
that the host cannot add files of its own; and a source that names only a
directory's content, such as
.Li host:.\& ,
stores no hidden names directly in your home directory.
This option helps where a remote shell reads a pattern in its own way.
With or without it, no name leads out of the target.`,

  S: String.raw`
A name without a slash is looked up in
.Ev PATH .`,

  O: String.raw`
The path goes to the remote shell as it was typed; messages and exit statuses
are those of
.Nm scp Fl O .
If both
.Fl O
and
.Fl s
are given, the last one counts.`,

  s: String.raw`
OpenSSH's scp has spoken SFTP by default since 9.0.`,

  "3": String.raw`
Nothing is stored on this machine.
ssh can ask for a password on both hosts, one after the other.
If both
.Fl 3
and
.Fl R
are given, the last one counts.`,

  R: String.raw`
The first host uses its own keys and its own route to the second one, for which
no port can be named.
Neither
.Fl l
nor
.Fl P
applies.`,

  D: String.raw`
This implies
.Fl s ,
unless
.Fl O
is given.`,

  X: String.raw`
This option can be given more than once.
.Bl -tag -width Ds
.It Cm nrequests Ns = Ns Ar number
The number of reads or writes of one file that are in flight at once; by
default at most 64.
.It Cm buffer Ns = Ns Ar size
The size of each of them in bytes, or in KiB with the suffix
.Cm K .
The default is the size that the server offers, or 32K if it offers none.
It is never more than 255K.
.El
.Pp
Both are from 1 to 262144.`,

  progress: String.raw`
A line on standard error shows the files and the bytes that were copied, of how
many, the rate and the time left.
On a terminal the meter shows them, and there is no such line.`,

  summary: String.raw`
One line on standard error tells the files and the bytes that arrived, and the
time.
A copy of several files of which some failed ends with such a line and the
failures in any case, unless
.Fl q
is given.`,

  json: String.raw`
The first line has the type
.Cm start ,
the last one
.Cm summary ,
whatever happens; in between come the hosts, the files, the progress twice a
second, warnings and errors.
Sizes are in bytes, times in seconds.
There is no meter; messages for people go to standard error as ever.
If nobody reads standard output any more, the copy ends with status 141.`,

  completions: String.raw`
The script begins with a comment on how to load it.
It completes options, local files, the hosts of
.Xr ssh_config 5
and of known hosts, and the files on a host that lets ssh in within a second
and without a prompt.`,

  jobs: String.raw`
The number is from 1 to 64.
Over SFTP the files of a copy, and the parts of those of 64 MiB and more, are
dealt to so many ssh processes.
The copy begins on the first one; the others log in beside it, four at a time,
and none of them prompts: where ssh had to, there is one connection, unless
.Fl \-share
is given or ssh shares a connection already.
A connection that does not come, or is lost, leaves its work to the others.
A large file is written under a temporary name, which replaces the old file at
the end where the server can do so.
.Fl l
limits all connections together.`,

  share: String.raw`
The first ssh of a login becomes a master (see
.Cm ControlMaster
in
.Xr ssh_config 5 )
for as long as the copy lasts, unless one is running already, and the others
open a session in its connection, of which a server allows 10 by default.
ssh for Windows has no such connections.`,

  lockstep: String.raw`
Over SCP nothing is sent before the last step is acknowledged, nor acknowledged
in advance; over SFTP one request is in flight at a time.
Many small files then take far longer.`,
};
