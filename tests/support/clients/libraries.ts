/** Clients that are libraries, each behind a program of a few lines. */

import type { Client, CopyRequest, Feature } from "./client.ts";

/** Debian's own interpreters, which find Debian's libraries. */
const PYTHON = "/usr/bin/python3";
const RUBY = "/usr/bin/ruby";

interface Library {
  readonly name: string;
  readonly program: readonly string[];
  readonly needs: readonly string[];
  readonly lacks: readonly Feature[];
  readonly changesTrees?: string;
}

/** A client whose program is given the site and the request as JSON. */
function clientOf({ program, needs, lacks, ...library }: Library): Client {
  const [interpreter, file] = program;
  const path = new URL(file!, import.meta.url).pathname;
  return {
    ...library,
    needs: [interpreter!, ...needs],
    lacks: [...lacks, "scp's own"],
    command: (site, request, far) => [
      interpreter!,
      path,
      JSON.stringify({ ...site, ...requestIn(request), far }),
    ],
  };
}

/** A request without what else a row of the table has. */
function requestIn(request: CopyRequest): CopyRequest {
  const { direction, sources, target } = request;
  return {
    ...{ direction, sources, target },
    ...(request.recursive ? { recursive: true } : {}),
    ...(request.preserve ? { preserve: true } : {}),
    ...(request.isPattern ? { isPattern: true } : {}),
  };
}

/** Clients that are libraries. */
export const libraries: readonly Client[] = [
  clientOf({
    name: "asyncssh's scp()",
    program: [PYTHON, "asyncssh_client.py"],
    needs: ["python3/dist-packages/asyncssh/__init__.py"],
    lacks: [],
  }),
  clientOf({
    name: "scp.py on paramiko",
    program: [PYTHON, "scp_py_client.py"],
    needs: [
      "python3/dist-packages/paramiko/__init__.py",
      "python3/dist-packages/scp.py",
    ],
    lacks: [],
  }),
  clientOf({
    name: "Ruby's Net::SCP",
    program: [RUBY, "net_scp_client.rb"],
    needs: ["../share/doc/ruby-net-scp/copyright"],
    lacks: ["pattern"],
    changesTrees: "it downloads into a directory that it makes first",
  }),
  clientOf({
    name: "libssh",
    program: [PYTHON, "libssh_client.py"],
    needs: ["libssh.so.4"],
    lacks: ["preserve", "pattern", "several up", "several down"],
  }),
];
