/** Shares that are returned are payments below nothing; people write how many, and say which way they go. */

document.addEventListener("yui:read", (event) => {
  const { body } = /** @type {CustomEvent} */ (event).detail;
  if (body.way === "out") for (const name of ["shares", "yen"]) body[name] = 0 - Math.abs(body[name]);
  delete body.way;
});
