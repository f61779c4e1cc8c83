/** Options of a server whose clients stay in a directory. */
export const SERVER_GROUP = {
  title: "Server",
  options: [
    {
      name: "serve",
      value: "directory",
      valueKind: "file",
      summary: "As a forced command: serve copies in this directory.",
    },
    { name: "read-only", summary: "With --serve: take nothing." },
    {
      name: "write-only",
      summary: "With --serve: take new files, and show none.",
    },
    {
      name: "no-overwrite",
      summary: "With --serve: replace nothing that is there.",
    },
    {
      name: "log",
      value: "file",
      valueKind: "file",
      summary: "With --serve: add a line for each session; or syslog.",
    },
    {
      name: "check",
      summary: "With --serve: tell what is in force, and serve nobody.",
    },
  ],
} as const;
