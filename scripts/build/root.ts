/** The checkout. */
export const root = new URL("../../", import.meta.url);

/** Where everything that is made goes; nothing in it is kept in git. */
export const dist = new URL("dist/", root);
