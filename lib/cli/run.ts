import type { CopyJob } from "../options/copy_options.ts";
import { UsageError } from "../errors.ts";
import { printable } from "../names/printable.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { servicePort } from "../system/service_port.ts";
import {
  asksForJson,
  parseCommandLine,
  type ServeCommand,
} from "../options/command_line.ts";
import { helpText, usageText } from "../options/usage.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * Runs the program. Each kind of command loads the modules that it alone needs:
 * all of them would take longer to load than the runtime takes to start.
 *
 * @returns The exit status: 0 only if everything was done, else scp's.
 */
export async function run(
  args: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const { terminal, programName, build, interruption } = surroundings;
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
        const { SCRIPTS } = await import("../completion/answers.ts");
        terminal.write(SCRIPTS[command.shell]);
        return 0;
      }
      case "complete": {
        const { answerTo } = await import("../completion/answers.ts");
        const { shell, words } = command;
        terminal.write(await answerTo(shell, words, rules));
        return 0;
      }
      case "copy": {
        const { runCopy } = await import("./copy_run.ts");
        return await runCopy(command, surroundings, rules);
      }
      case "serve":
        return await runServer(command, terminal, {
          rules,
          interrupted: interruption(() => {}),
        });
      case "sftpServer": {
        const { runSftpServer } = await import("./sftp_server.ts");
        return await runSftpServer(terminal, interruption(() => {}));
      }
      case "serveDirectory": {
        const { runDirectoryServer } = await import("./directory_server.ts");
        return await runDirectoryServer(command, terminal, interruption);
      }
      default:
        return command satisfies never;
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (error.message !== "") terminal.say(sayable(programName, error.message));
    if (error.showUsage) terminal.say(usageText(programName));
    if (asksForJson(args)) await tellWrongCall(error, surroundings);
    return error.status;
  }
}

/** Tells a call that made no sense as JSON. */
async function tellWrongCall(
  { message, status }: UsageError,
  { terminal, build: { version } }: Surroundings,
): Promise<void> {
  const { JsonStream } = await import("../terminal/json_stream.ts");
  const { Results } = await import("../events/results.ts");
  const json = new JsonStream(terminal, () => {});
  json.start({ version });
  json.usage(message.trimEnd() || "wrong use: see --help");
  const results = new Results();
  results.failures = 1;
  json.end(status, results);
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

/** Puts the program's name before a message and escapes it, its lines kept. */
function sayable(programName: string, message: string): string {
  return `${programName}: ${message.split("\n").map(printable).join("\n")}`;
}
