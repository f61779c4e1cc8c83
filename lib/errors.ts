/** The command line makes no sense: the user corrects it. */
export class UsageError extends Error {
  override name = "UsageError";
  /** Exit status of scp for this mistake: 1, or 255 for a bad value. */
  readonly status: 1 | 255;
  /** True where scp answers this mistake with its usage text too. */
  readonly showUsage: boolean;

  constructor(
    message: string,
    { status = 1, showUsage = false }: {
      status?: 1 | 255;
      showUsage?: boolean;
    } = {},
  ) {
    super(message);
    this.status = status;
    this.showUsage = showUsage;
  }
}

/**
 * One entry failed, the channel is still in step: the copy reports it and goes
 * on.
 */
export class EntryError extends Error {
  override name = "EntryError";
}

/**
 * No more files can be opened at once, on the local disk or on a server: the
 * copy tries again after one is closed. If none is open, the entry has failed.
 */
export class TooManyOpenError extends EntryError {
  override name = "TooManyOpenError";
}

/**
 * An older, longer file could not be cut to the length of the new content: its
 * writer empties it and writes it again.
 */
export class NotCutError extends EntryError {
  override name = "NotCutError";
}

/** State of an entry when a copy is cut, by an interrupt or a lost connection. */
export type CutState = "in flight" | "not sent";

/** The copy was cut, and an entry of it is not whole for that reason alone. */
export class CutError extends EntryError {
  override name = "CutError";
  readonly state: CutState;

  constructor(message: string, state: CutState) {
    super(message);
    this.state = state;
  }
}

/**
 * The connection over which a file or directory was open was lost, and others to
 * the same server are left: the copy of the file begins again.
 */
export class LostFileError extends EntryError {
  override name = "LostFileError";
}

/** Options of an error that ends a session. */
interface SessionErrorOptions extends ErrorOptions {
  /** Path of the entry that it hit, as in `MovingFile`; absent where none is known. */
  readonly path?: string | undefined;
}

/** The peer broke the protocol or gave up: the session drops this channel. */
export class ProtocolError extends Error {
  override name = "ProtocolError";
  readonly path: string | undefined;

  constructor(message: string, options: SessionErrorOptions = {}) {
    super(message, options);
    this.path = options.path;
  }
}

/**
 * The peer exceeded a limit: the session ends, and `--lockstep` would not help.
 */
export class LimitError extends ProtocolError {
  override name = "LimitError";
}

/** The peer gave up, for the reason in its own message: the session ends. */
export class RefusalError extends ProtocolError {
  override name = "RefusalError";
}

/**
 * The peer's first output is not the protocol's, but most likely a shell's
 * banner: the route opens the session again, with a marker before scp's first
 * message.
 */
export class UnexpectedOutputError extends ProtocolError {
  override name = "UnexpectedOutputError";
}

/** The connection was lost or ssh could not be run: the session has ended. */
export class SessionError extends Error {
  override name = "SessionError";
  readonly path: string | undefined;

  constructor(message: string, options: SessionErrorOptions = {}) {
    super(message, options);
    this.path = options.path;
  }
}

/** Error that ends the session with a peer. */
export type ConnectionFailure = ProtocolError | SessionError;

/** Tells whether an error ends the session with a peer. */
export function isConnectionFailure(
  error: unknown,
): error is ConnectionFailure {
  return error instanceof ProtocolError || error instanceof SessionError;
}

/** Gives a `ConnectionFailure` back and throws anything else, for a `catch`. */
export function asConnectionFailure(error: unknown): ConnectionFailure {
  if (isConnectionFailure(error)) return error;
  throw error;
}

/** Gives an `EntryError` back and throws anything else, for a `catch`. */
export function asEntryError(error: unknown): EntryError {
  if (error instanceof EntryError) return error;
  throw error;
}

/**
 * Gives an `EntryError` back that another try would not cure, and throws anything else,
 * too many open files as well; for a `catch`.
 */
export function asFinalError(error: unknown): EntryError {
  if (error instanceof TooManyOpenError) throw error;
  return asEntryError(error);
}

/**
 * Gives an error that begins with the name of an entry or a host, for a
 * `throw`. Only connection failures get one; the peer's own message stays as it
 * is.
 *
 * @param path Path of the entry, as in `MovingFile`; absent for a host, or several.
 */
export function withName(
  name: string,
  error: unknown,
  path?: string,
): unknown {
  if (!isConnectionFailure(error) || error instanceof RefusalError) {
    return error;
  }
  const Kind = error.constructor as new (
    message: string,
    options: SessionErrorOptions,
  ) => Error;
  return new Kind(`${name}: ${error.message}`, {
    cause: error,
    path: path ?? error.path,
  });
}

/** Does the same for an entry whose name is its path. */
export function withPath(path: string, error: unknown): unknown {
  return withName(path, error, path);
}

/** Words for a loss, behind the names in a message. */
const LOSS = /^(.*: |)lost connection\b/s;

/**
 * Gives the message of a connection failure in a copy that the user interrupted:
 * then nothing was lost.
 */
export function interruptedMessage({ message }: ConnectionFailure): string {
  return LOSS.test(message)
    ? message.replace(LOSS, "$1interrupted")
    : `${message}: interrupted`;
}
