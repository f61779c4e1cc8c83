/**
 * What the manual says of an option besides the summary that help shows, as
 * mdoc(7), by the option's name.
 */
export const OPTION_REMARKS: Readonly<Record<string, string>> = {
  r: String.raw`
A loop of links is an error where it closes.
Between two paths on this machine links stay links.
With
.Pa \&.
or
.Pa ..
as a source, what the folder holds is copied; a target that is not there is
made.`,

  p: String.raw`
Times are those of modification and access.
A copy to this machine never sets the set-user-ID and set-group-ID bits.`,

  q: String.raw`
What failed is said all the same.`,

  P: String.raw`
It is a number or the name of a service.
Where a URI names a port, that one is used.
The letter is a capital one, since
.Fl p
preserves times and modes.`,

  i: String.raw`
It can be given more than once.`,

  J: String.raw`
Several hosts are separated by commas, and are jumped through in that order.`,

  o: String.raw`
It can be given more than once.
With
.Fl o Cm ServerAliveInterval=15 ,
for instance, a copy ends where the far side has fallen silent.`,

  l: String.raw`
It is from 1 to 104857600.`,

  A: String.raw`
Without it, ssh is told not to, whatever its configuration says; only with
.Fl R
the configuration decides.`,

  T: String.raw`
Otherwise what a host sends at the top of a copy has to be what was asked for,
so that it cannot add files of its own; and what it holds in a directory without
a name of its own, as in
.Li host:.\& ,
brings no hidden names right into one's home directory.
A remote shell may read a pattern in a way of its own, and then this option
helps.
With or without it, no name leads out of the target.`,

  S: String.raw`
It is looked for in the
.Ev PATH
if its name has no slash.`,

  O: String.raw`
The path goes to the remote shell as it was typed; messages and statuses are
those of
.Nm scp Fl O .
Of
.Fl O
and
.Fl s
the last one holds.`,

  s: String.raw`
It is what OpenSSH's scp speaks since 9.0.`,

  "3": String.raw`
Nothing is stored on this machine.
ssh can ask for a password on both hosts, one after the other.
The last one of
.Fl 3
and
.Fl R
holds.`,

  R: String.raw`
It uses its own keys and its own way to the second host, for which no port
can be named.
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
It can be given more than once.
.Bl -tag -width Ds
.It Cm nrequests Ns = Ns Ar number
How many reads or writes of one file are under way at once: 64 at most, if
nothing is said.
.It Cm buffer Ns = Ns Ar size
How much each of them moves, in bytes, or in KiB with
.Cm K
behind it.
If nothing is said, that is what the server says it takes, or 32K where it
does not say.
It is never more than 255K.
.El
.Pp
Either is from 1 to 262144.`,

  completions: String.raw`
What is printed says how to have the shell read it.
It completes options, files here, the hosts of
.Xr ssh_config 5
and of known hosts, and the files on a host that lets ssh in without a question
and within a second.`,

  lockstep: String.raw`
Over SCP nothing is sent before it is due, nor acknowledged before it came;
over SFTP there is one request under way at a time.
With many small files that takes far longer.`,
};
