/** One option of the command line. */
export interface Option {
  readonly letter: string;
  /** What its value is called; absent if it takes none. */
  readonly value?: string;
  /** One sentence for help and documentation; absent if it is not shown. */
  readonly summary?: string;
}

/** OpenSSH's scp 10.5's options, every one, in the order help shows them. */
export const OPTIONS: readonly Option[] = [
  { letter: "r", summary: "Copy folders with all they hold, links followed." },
  { letter: "p", summary: "Preserve times and modes." },
  { letter: "q", summary: "Quiet: no meter, no warnings; ssh is told too." },
  {
    letter: "v",
    summary: "Say each step, ssh and the far side too. Repeat for more.",
  },
  { letter: "P", value: "port", summary: "The port ssh connects to." },
  { letter: "i", value: "identity_file", summary: "The key ssh logs in with." },
  { letter: "F", value: "ssh_config", summary: "The configuration ssh reads." },
  { letter: "J", value: "destination", summary: "The host ssh jumps through." },
  { letter: "o", value: "ssh_option", summary: "Any option of ssh_config(5)." },
  { letter: "c", value: "cipher", summary: "The cipher ssh uses." },
  {
    letter: "l",
    value: "limit",
    summary: "Move no more than this, in Kbit/s of 1024 bits.",
  },
  { letter: "C", summary: "Have ssh compress." },
  { letter: "A", summary: "Have ssh forward the authentication agent." },
  { letter: "B", summary: "Batch mode: ssh asks for no password." },
  { letter: "4", summary: "Have ssh use IPv4 only." },
  { letter: "6", summary: "Have ssh use IPv6 only." },
  {
    letter: "T",
    summary: "Take any names from the far side, asked for or not.",
  },
  {
    letter: "S",
    value: "program",
    summary: "Run this program, which knows ssh's options, for ssh.",
  },
  { letter: "O", summary: "Speak the SCP protocol: what seacp does anyway." },
  { letter: "s", summary: "Speak SFTP. Not built yet." },
  {
    letter: "3",
    summary: "Copy between two hosts through this one. Not built yet.",
  },
  {
    letter: "R",
    summary: "Copy between two hosts directly. Not built yet.",
  },
  {
    letter: "D",
    value: "sftp_server_path",
    summary: "Run this SFTP server instead of ssh. Not built yet.",
  },
  {
    letter: "X",
    value: "sftp_option",
    summary: "Tune SFTP: nrequests=number or buffer=size.",
  },
  { letter: "d" },
  { letter: "t" },
  { letter: "f" },
  { letter: "1" },
  { letter: "2" },
  { letter: "M", value: "value" },
];
