import { linuxServerCalls } from "../disk/linux_server_calls.ts";
import { hasLinuxCalls } from "../disk/linux_calls.ts";
import { ServedDisk } from "../disk/served_disk.ts";
import { isConnectionFailure } from "../errors.ts";
import { printable } from "../names/printable.ts";
import { serveSftp } from "../server/sftp_session.ts";
import { standardChannel } from "../system/standard_channel.ts";
import type { Terminal } from "../terminal/terminal.ts";

/**
 * Serves the client of this process by SFTP, with the whole disk, as OpenSSH's
 * `sftp-server` does.
 *
 * @returns The exit status.
 */
export async function runSftpServer(
  terminal: Terminal,
  interrupted: AbortSignal,
): Promise<number> {
  if (!hasLinuxCalls()) {
    terminal.say(
      "seacp: --sftp-server: only Linux has the calls that it needs",
    );
    return 1;
  }
  const channel = standardChannel(interrupted);
  try {
    await serveSftp(channel, new ServedDisk(linuxServerCalls));
  } catch (error) {
    if (!isConnectionFailure(error)) throw error;
    if (!interrupted.aborted) {
      terminal.say(`seacp: --sftp-server: ${printable(error.message)}`);
      return 1;
    }
  } finally {
    await channel.close();
  }
  return interrupted.aborted ? Number(interrupted.reason) : 0;
}
