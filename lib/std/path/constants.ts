/** Character between the portions of a path on the system that this runs on. */
export { sep as SEPARATOR } from "node:path";
