/** Description of a copy, whoever makes it. */

/** Name of the throw-away sshd for ssh. */
export const HOST = "far";

/** The directory that copies go to, by its name here and on the host. */
export const COPIES = "copies";

/** Up or down between here and the host. */
export type Direction = "up" | "down";

/** A copy to make, told to a program that runs in the benchmark's directory. */
export interface Copy {
  readonly direction: Direction;
  /** A file or a directory in that directory, or in the home of a login. */
  readonly source: string;
  readonly isTree: boolean;
  /** True where times and modes are preserved. */
  readonly preserves: boolean;
  /** The file of ssh's configuration. */
  readonly config: string;
}
