/** Result of a dialogue with a source that has ended. */
export interface Received {
  /** Number of files and directories that came, refused ones included. */
  readonly entries: number;
  /** True if the source told its end itself, by an `E` for no directory. */
  readonly isToldEnd: boolean;
  /** The directory it ended in: some of what belongs there has not come. */
  readonly endedInside?: string;
}
