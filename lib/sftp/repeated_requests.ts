import type { SftpSession } from "./session.ts";
import { attributesFrom } from "./wire/attributes.ts";
import type { Request } from "./wire/requests.ts";
import type { Response } from "./wire/response_packets.ts";
import { Status } from "./wire/status.ts";

/**
 * Tells whether the server had carried out a request whose response was lost, so
 * that it failed when it was sent again.
 *
 * @param session Session to look at the entry by.
 */
export async function wasDone(
  request: Request,
  session: Pick<SftpSession, "request">,
): Promise<boolean> {
  const isMissing = async (path: string) =>
    meansMissing(await session.request({ kind: "lstat", path }));
  switch (request.kind) {
    case "mkdir": {
      const { path } = request;
      const found = await session.request({ kind: "stat", path });
      return found.kind === "attributes" &&
        attributesFrom(found.attributes).kind === "directory";
    }
    case "remove":
      return await isMissing(request.path);
    case "posix-rename":
      return await isMissing(request.from) && !await isMissing(request.path);
    default:
      return false;
  }
}

function meansMissing(response: Response): boolean {
  return response.kind === "status" && response.code === Status.NO_SUCH_FILE;
}
