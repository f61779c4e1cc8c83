/** The checkout. */
export const root = new URL("../../", import.meta.url);

/** Directory for everything that is made; git ignores it. */
export const dist = new URL("dist/", root);
