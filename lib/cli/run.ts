import type { CopyJob } from "../options/copy_options.ts";
import { UsageError } from "../errors.ts";
import { printable } from "../names/printable.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { servicePort } from "../system/service_port.ts";
import {
  type CopyRequest,
  parseCommandLine,
  type ServeCommand,
} from "../options/command_line.ts";
import { helpText, USAGE } from "../options/usage.ts";
import type { Build } from "./version.ts";

/** What a run has around it. */
export interface Surroundings {
  readonly terminal: Terminal;
  /** Name under which the program was called; messages begin with it. */
  readonly programName: string;
  readonly build: Build;
  /**
   * What ends the run when it is aborted; the reason is the exit status to give.
   * It is asked for once, where there is something to end.
   */
  interruption(): AbortSignal;
}

/**
 * Does what the arguments ask for. What only one kind of command needs is
 * loaded for that one: all of it would take longer than the runtime to start.
 *
 * @returns The exit status: 0 only if everything was done, else scp's.
 */
export async function run(
  args: readonly string[],
  { terminal, programName, build, interruption }: Surroundings,
): Promise<number> {
  const rules = {
    platform: build.os === "windows" ? "windows" : "posix",
    servicePort,
  } as const;
  try {
    const command = parseCommandLine(args, rules);
    switch (command.kind) {
      case "help":
        terminal.write(helpText() + "\n");
        return 0;
      case "version": {
        const { versionText } = await import("./version.ts");
        terminal.write(versionText(build, command) + "\n");
        return 0;
      }
      case "completions": {
        const { completionScript } = await import("./complete.ts");
        terminal.write(completionScript(command.shell));
        return 0;
      }
      case "complete": {
        const { completionAnswer } = await import("./complete.ts");
        const { shell, words } = command;
        terminal.write(await completionAnswer(shell, words, rules));
        return 0;
      }
      case "copy":
        return await runCopy(command, terminal, {
          rules,
          interrupted: interruption(),
          programName,
        });
      case "serve":
        return await runServer(command, terminal, {
          rules,
          interrupted: interruption(),
        });
      default:
        return command satisfies never;
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (error.message !== "") terminal.say(sayable(programName, error.message));
    if (error.showUsage) terminal.say(USAGE);
    return error.status;
  }
}

async function runCopy(
  { quiet, ...request }: CopyRequest,
  terminal: Terminal,
  { rules, interrupted, programName }:
    & Pick<CopyJob, "rules" | "interrupted">
    & Pick<Surroundings, "programName">,
): Promise<number> {
  const { verbose, protocol } = request.options;
  const { Reporter } = await import("../terminal/reporter.ts");
  const { copy } = await import("../routes/copy.ts");
  const { hostHint } = await import("./host_hint.ts");
  // With -O messages and statuses are scp -O's, else those of scp since 9.0.
  const isOld = protocol === "scp";
  const reporter = new Reporter(terminal, {
    quiet,
    verbose,
    ...(isOld ? {} : { program: programName }),
  });
  const hint = await hostHint({ ...request, rules });
  if (hint !== undefined) reporter.report({ kind: "warning", message: hint });
  const { failures, hasLostHost } = await copy(
    { ...request, rules, interrupted },
    reporter,
  );
  if (interrupted.aborted) return Number(interrupted.reason);
  if (failures === 0) return 0;
  return hasLostHost && !isOld ? 255 : 1;
}

async function runServer(
  request: ServeCommand,
  terminal: Terminal,
  { rules, interrupted }: Pick<CopyJob, "rules" | "interrupted">,
): Promise<number> {
  const { serve } = await import("../server/serve.ts");
  const { standardChannel } = await import("../system/standard_channel.ts");
  const { LocalFileSystem } = await import("../disk/local_file_system.ts");
  const status = await serve(request, {
    channel: standardChannel(interrupted),
    files: new LocalFileSystem(),
    platform: rules.platform,
    say: (line) => terminal.say(line),
  });
  return interrupted.aborted ? Number(interrupted.reason) : status;
}

/** The message under the program's name, its lines kept. */
function sayable(programName: string, message: string): string {
  return `${programName}: ${message.split("\n").map(printable).join("\n")}`;
}
