/** Moving options up and down a ranking. `places`: option and its place from 1, unplaced ones left out. Knows no page. */

/**
 * An option takes a place. Where options may not be equal, whoever stood there takes the place it leaves, or, where it had
 * none, moves down with all that follow without a gap; nothing goes beyond `last`.
 * @param {Map<number, number>} places @param {number} option @param {number} place 0: no place
 * @param {number} last @param {boolean} equal @returns {Map<number, number>}
 */
export function put(places, option, place, last, equal) {
  const moved = new Map(places);
  const left = moved.get(option);
  moved.delete(option);
  if (!place) return moved;
  if (!equal) makeRoom(moved, place, left, last);
  return moved.set(option, place);
}

/**
 * One step up or down. An option without a place comes in last; the last one goes out.
 * @param {Map<number, number>} places @param {number} option @param {"up"|"down"} way @param {number} last @param {boolean} equal
 */
export function move(places, option, way, last, equal) {
  const at = places.get(option);
  const lowest = Math.max(0, ...places.values());
  if (at === undefined) return way === "up" ? put(places, option, free(places, lowest, last), last, equal) : new Map(places);
  if (way === "up") return at === 1 ? new Map(places) : put(places, option, at - 1, last, equal);
  const alone = ![...places].some(([other, place]) => other !== option && place >= at);
  return put(places, option, alone ? 0 : at + 1, last, equal);
}

/** @param {Map<number, number>} moved @param {number} place @param {number|undefined} left @param {number} last */
function makeRoom(moved, place, left, last) {
  const holder = at(moved, place);
  if (holder === undefined) return;
  if (left !== undefined) {
    moved.set(holder, left);
    return;
  }
  moved.delete(holder);
  if (place >= last) return;
  makeRoom(moved, place + 1, undefined, last);
  moved.set(holder, place + 1);
}

/** The place behind all, or where that is taken by none the last gap. @param {Map<number, number>} places @param {number} lowest @param {number} last */
function free(places, lowest, last) {
  if (lowest < last) return lowest + 1;
  let place = last;
  while (place > 1 && at(places, place) !== undefined) place -= 1;
  return place;
}

/** @param {Map<number, number>} places @param {number} place @returns {number|undefined} */
const at = (places, place) => [...places].find(([, held]) => held === place)?.[0];
