import { SessionError, UsageError } from "../errors.ts";
import type { RemoteLocation } from "../location/location.ts";
import { checkSourceUser } from "../location/login.ts";
import { directCopyArguments } from "../ssh/arguments.ts";
import { runSsh } from "../ssh/session.ts";
import type { RouteContext } from "./route.ts";
import { optionOfOurs } from "./sftp_needs.ts";

/** Port of a host where none is named. */
const SSH_PORT = 22;

/**
 * Has the scp of the source's host copy to the target's, with the keys and the
 * ssh configuration of that host.
 *
 * @throws {EntryError} If the target's user could reach a shell there.
 * @throws {UsageError} If the target has a port, which that scp takes no option
 * for, or an option is ours alone.
 */
export async function copyDirectly(
  source: RemoteLocation,
  target: RemoteLocation,
  { job, observer }: Pick<RouteContext, "job" | "observer">,
): Promise<void> {
  checkSourceUser(target);
  if (target.port !== undefined && target.port !== SSH_PORT) {
    throw new UsageError(
      "target port not supported with two remote hosts and the -R option",
      { status: 255 },
    );
  }
  const ours = optionOfOurs(job.options);
  if (ours !== undefined) {
    throw new UsageError(
      `${ours} cannot be used with -R: the first host's scp makes the copy`,
      { status: 255 },
    );
  }
  const { program } = job.options.ssh;
  const args = directCopyArguments(
    job.options.ssh,
    source,
    target,
    job.options,
  );
  observer.report({
    kind: "verbose",
    message: () => `Executing: ${[program, ...args].join(" ")}`,
  });
  try {
    const { failure } = await runSsh(program, args, {
      interrupted: job.interrupted,
      onStderr: (text) => observer.report({ kind: "sshOutput", text }),
    });
    if (failure !== undefined) {
      observer.report({
        kind: "failure",
        message: `${source.host}: ${failure}`,
        host: source.host,
      });
    }
  } catch (error) {
    if (!(error instanceof SessionError)) throw error;
    observer.report({ kind: "failure", message: error.message });
  }
}
