/** What was asked for makes no sense: the user corrects the command line. */
export class UsageError extends Error {
  override name = "UsageError";
  /** The exit status scp gives for this mistake: 1, or 255 for a bad value. */
  readonly status: 1 | 255;
  /** Whether scp answers this mistake with its usage text too. */
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

/** One entry failed and the channel is still in step: report it and go on. */
export class EntryError extends Error {
  override name = "EntryError";
}

/**
 * Nothing more can be opened until something is closed, on the local disk or on
 * a server: try again then. Where nothing else is open, the entry has failed.
 */
export class TooManyOpenError extends EntryError {
  override name = "TooManyOpenError";
}

/**
 * A longer file that was there did not get the length of what was written to
 * it: empty it, and write all of it anew.
 */
export class NotCutError extends EntryError {
  override name = "NotCutError";
}

/** The peer broke the protocol or gave up: drop this channel. */
export class ProtocolError extends Error {
  override name = "ProtocolError";
}

/** The peer went beyond a limit that keeps us from harm: no confusion of its. */
export class LimitError extends ProtocolError {
  override name = "LimitError";
}

/** The peer gave up; the message is its own words, which say why. */
export class RefusalError extends ProtocolError {
  override name = "RefusalError";
}

/**
 * What the peer said first is none of the protocol's: a shell's own words most
 * likely. Open the session again and have scp's first message marked.
 */
export class UnexpectedOutputError extends ProtocolError {
  override name = "UnexpectedOutputError";
}

/** The connection is gone, or ssh could not be run: end this session. */
export class SessionError extends Error {
  override name = "SessionError";
}

/** Whether an error breaks the dialogue with a peer. */
export function isConnectionFailure(
  error: unknown,
): error is ProtocolError | SessionError {
  return error instanceof ProtocolError || error instanceof SessionError;
}

/** For a `catch`: gives back an `EntryError` and rethrows anything else. */
export function asEntryError(error: unknown): EntryError {
  if (error instanceof EntryError) return error;
  throw error;
}

/**
 * For a `throw`: the same error, said of an entry or a host. What a peer says
 * itself, and what is about no dialogue, stays as it is.
 */
export function naming(name: string, error: unknown): unknown {
  if (!isConnectionFailure(error) || error instanceof RefusalError) {
    return error;
  }
  const Kind = error.constructor as new (
    message: string,
    options: ErrorOptions,
  ) => Error;
  return new Kind(`${name}: ${error.message}`, { cause: error });
}
