import type { RemoteLocation } from "../location/location.ts";
import type { Routes } from "./fallback.ts";
import { overOneConnection } from "./one_connection.ts";
import type { Protocol } from "./protocol_choice.ts";
import type { Route, RouteContext, SessionContext } from "./route.ts";
import type { ScpSessions } from "./scp_sessions.ts";
import type { SftpSessions } from "./sftp_sessions.ts";

/** Routes over SCP, and the sessions that they share. */
type Scp = typeof import("./scp_routes.ts") & {
  readonly scpSessions: ScpSessions;
};

/** Routes over SFTP, and the sessions that they share. */
type Sftp = typeof import("./sftp_routes.ts") & {
  readonly sftpSessions: SftpSessions;
};

/**
 * Routes of a job's copies over either protocol. The modules of a protocol are loaded
 * when it is first used, since most jobs use one: a small copy starts its ssh 5 ms
 * sooner.
 */
export class ProtocolRoutes implements AsyncDisposable {
  readonly #context: SessionContext;
  #scp: Promise<Scp> | undefined;
  #sftp: Promise<Sftp> | undefined;

  constructor(context: SessionContext) {
    this.#context = context;
  }

  /** Loads a protocol ahead of its first use. */
  load(protocol: Protocol): void {
    if (protocol === "scp") this.#loadScp();
    else this.#loadSftp();
  }

  /** Copies local paths, in their order, to one target. */
  upload(
    paths: readonly string[],
    target: RemoteLocation,
    context: RouteContext,
  ): Routes {
    return {
      scp: this.#overScp(({ uploadOverScp, scpSessions }) =>
        uploadOverScp(paths, target, { ...context, scpSessions })
      ),
      sftp: this.#overSftp(({ uploadOverSftp, sftpSessions }) =>
        uploadOverSftp(paths, target, { ...context, sftpSessions })
      ),
    };
  }

  /** Copies what a remote operand names to a path on this machine. */
  download(
    source: RemoteLocation,
    target: string,
    context: RouteContext,
  ): Routes {
    const scp = this.#overScp(({ downloadOverScp, scpSessions }) =>
      downloadOverScp(source, target, { ...context, scpSessions })
    );
    return {
      scp: overOneConnection(scp, [source], context),
      sftp: this.#overSftp(({ downloadOverSftp, sftpSessions }) =>
        downloadOverSftp(source, target, { ...context, sftpSessions })
      ),
    };
  }

  /** Copies what a remote operand names to another host, through this one. */
  relay(
    source: RemoteLocation,
    target: RemoteLocation,
    context: RouteContext,
  ): Routes {
    const scp = this.#overScp(({ relayOverScp, scpSessions }) =>
      relayOverScp(source, target, { ...context, scpSessions })
    );
    return {
      scp: overOneConnection(scp, [source, target], context),
      sftp: this.#overSftp(({ relayOverSftp, sftpSessions }) =>
        relayOverSftp(source, target, { ...context, sftpSessions })
      ),
    };
  }

  #overScp(routeOf: (scp: Scp) => Route): Route {
    return loadedBy(async () => routeOf(await this.#loadScp()));
  }

  #overSftp(routeOf: (sftp: Sftp) => Route): Route {
    return loadedBy(async () => routeOf(await this.#loadSftp()));
  }

  #loadScp(): Promise<Scp> {
    return this.#scp ??= loadScp(this.#context);
  }

  #loadSftp(): Promise<Sftp> {
    return this.#sftp ??= loadSftp(this.#context);
  }

  /** Ends the sessions that serve the whole job. */
  async [Symbol.asyncDispose](): Promise<void> {
    using _scpSessions = (await this.#scp)?.scpSessions;
    await (await this.#sftp)?.sftpSessions.end();
  }
}

async function loadScp(context: SessionContext): Promise<Scp> {
  const [routes, { ScpSessions }] = await Promise.all([
    import("./scp_routes.ts"),
    import("./scp_sessions.ts"),
  ]);
  return { ...routes, scpSessions: new ScpSessions(context) };
}

async function loadSftp(context: SessionContext): Promise<Sftp> {
  const [routes, { SftpSessions }] = await Promise.all([
    import("./sftp_routes.ts"),
    import("./sftp_sessions.ts"),
  ]);
  return { ...routes, sftpSessions: new SftpSessions(context) };
}

/** Gives a route that is loaded each time that it is to connect. */
function loadedBy(load: () => Promise<Route>): Route {
  return {
    connect: async (options) => await (await load()).connect(options),
  };
}
