/** The calendar of a thing: no more times in a row than are free. */

const length = /** @type {HTMLInputElement|null} */ (document.querySelector("[data-length]"));

document.addEventListener("change", (event) => {
  const { dataset } = /** @type {HTMLElement} */ (event.target);
  if (!length || dataset?.follows === undefined) return;
  length.max = dataset.follows;
  if (Number(length.value) > Number(length.max)) length.value = length.max;
});
