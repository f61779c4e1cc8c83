/** Ways of a copy, over SFTP and on this machine. */

import type { Place } from "./fixtures/place.ts";

/** A way of a copy. */
export interface Way {
  readonly name: string;
  operands(place: Place, source: string, target: string): readonly string[];
  /** Directories that it goes from and to. */
  sides(place: Place): { readonly from: string; readonly to: string };
}

const UP: Way = {
  name: "up",
  operands: (place, source, target) => [source, place.remote(target)],
  sides: ({ near, far }) => ({ from: near, to: far }),
};

const DOWN: Way = {
  name: "down",
  operands: (place, source, target) => [place.remote(source), target],
  sides: ({ near, far }) => ({ from: far, to: near }),
};

const BETWEEN: Way = {
  name: "between two hosts",
  operands: (
    place,
    source,
    target,
  ) => [place.remote(source), place.remote(`there/${target}`, "other")],
  sides: ({ far }) => ({ from: far, to: `${far}/there` }),
};

const LOCALLY: Way = {
  name: "locally",
  operands: ({ near }, source, target) => [source, `${near}/there/${target}`],
  sides: ({ near }) => ({ from: near, to: `${near}/there` }),
};

/** All ways. */
export const WAYS: readonly Way[] = [UP, DOWN, BETWEEN, LOCALLY];
