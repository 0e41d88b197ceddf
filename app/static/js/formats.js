/** Times and numbers as `app/texts/formats.py` writes them; no Intl, whose wording differs from browser to browser. */

const DAYS = { ja: "日月火水木金土", en: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] };
const MONTHS = "January February March April May June July August September October November December".split(" ");

/** `1,234`. @param {number} number */
export function integer(number) {
  return String(number).replace(/\B(?=([0-9]{3})+$)/g, ",");
}

/** Smallest units: `amount(12050, "結", 2)` is `120.50 結`. @param {number} units @param {string} unit @param {number} decimals */
export function amount(units, unit, decimals) {
  const digits = String(Math.abs(units)).padStart(decimals + 1, "0");
  const whole = integer(Number(digits.slice(0, digits.length - decimals)));
  const part = decimals ? `.${digits.slice(-decimals)}` : "";
  return `${units < 0 ? "-" : ""}${whole}${part} ${unit}`.trimEnd();
}

/** Thousandths without trailing zeros: 1500 is `1.5`. @param {number} value */
export function thousandths(value) {
  const rest = Math.abs(value) % 1000;
  const decimals = rest ? `.${String(rest).padStart(3, "0")}`.replace(/0+$/, "") : "";
  return `${value < 0 ? "-" : ""}${integer(Math.floor(Math.abs(value) / 1000))}${decimals}`;
}

/** `value` / `unit`, exactly: with up to five decimals where these say it, as a fraction otherwise. @param {number} value @param {number} unit */
export function parts(value, unit) {
  const [over, under] = [BigInt(value), BigInt(unit)];
  const scaled = (over % under) * 100_000n;
  if (scaled % under) return `${integer(value)}/${integer(unit)}`;
  const decimals = scaled ? `.${String(scaled / under).padStart(5, "0")}`.replace(/0+$/, "") : "";
  return `${integer(Number(over / under))}${decimals}`;
}

/** `2026年4月1日(水)`, `Wed 1 April 2026`. @param {string} lang @param {number} ms already shifted to the co-op's wall clock */
export function day(lang, ms) {
  const at = new Date(ms);
  const [year, month, date, weekday] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate(), at.getUTCDay()];
  if (lang === "ja") return `${year}年${month + 1}月${date}日(${DAYS.ja[weekday]})`;
  return `${DAYS.en[weekday]} ${date} ${MONTHS[month]} ${year}`;
}

/** `2026年4月1日(水) 18:00`, `Wed 1 April 2026, 18:00`. @param {string} lang @param {number} ms shifted likewise */
export function moment(lang, ms) {
  return day(lang, ms) + (lang === "ja" ? " " : ", ") + new Date(ms).toISOString().slice(11, 16);
}
