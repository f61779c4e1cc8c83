/** What a copy is, whoever makes it. */

/** What ssh knows the throw-away sshd as. */
export const HOST = "far";

/** The folder that copies go to, by its name here and on the host. */
export const COPIES = "copies";

/** Up or down between here and the host. */
export type Direction = "up" | "down";

/** A copy to make, told to a program that runs in the benchmark's folder. */
export interface Copy {
  readonly direction: Direction;
  /** A file or a folder in that folder, or in the home of a login. */
  readonly source: string;
  readonly isTree: boolean;
  /** Whether times and modes are to be preserved. */
  readonly preserves: boolean;
  /** The file of ssh's configuration. */
  readonly config: string;
}
