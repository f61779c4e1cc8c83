/** Tells if a path leads from a root, as the system that this runs on has them. */
export { isAbsolute } from "node:path";
