/** Result of a dialogue with a source that has ended. */
export interface Received {
  /** Number of files and folders that came, refused ones included. */
  readonly entries: number;
  /** True if the source told its end itself, by an `E` for no folder. */
  readonly isToldEnd: boolean;
  /** The folder it ended in: some of what belongs there has not come. */
  readonly endedInside?: string;
}
