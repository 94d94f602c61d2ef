/** The page's words, in the language that the server drew it in. */

/**
 * `visitor` tells whoever uses this browser from others who do.
 * @type {{words: Record<string, string>, name: string, home: string, visitor: string}}
 */
const page = JSON.parse(document.getElementById('page-data')?.textContent ?? '{}');

/** The language of the page. */
export const language = document.documentElement.lang;

/** What the server told the page when it drew it. */
export const drawn = page;

/**
 * The words by this name, with what stands in braces filled in.
 * @param {string} name @param {Record<string, string|number>} [values]
 */
export function say(name, values = {}) {
  const words = page.words[name];
  if (words === undefined) return name;
  return words.replace(/\{(\w+)\}/g, (whole, value) => String(values[value] ?? whole));
}

/** Whether there are words by this name. @param {string} name */
export function knows(name) {
  return name in page.words;
}

/** The page's language as it is written where the user is. */
export const locale = navigator.languages.find((one) => one.split('-')[0] === language) ?? language;

const seconds = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const hundredths = new Intl.NumberFormat(locale, {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});

/** So many seconds, as `2.1 s`. @param {number} amount @param {{fine?: boolean}} [how] */
export function inSeconds(amount, { fine = false } = {}) {
  return say('seconds', { amount: (fine ? hundredths : seconds).format(amount) });
}

/** As on a stopwatch: `0:03`. @param {number} amount */
export function onTheClock(amount) {
  const whole = Math.floor(amount);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** A price; what is unknown is not zero. @param {number|null|undefined} dollars */
export function inDollars(dollars) {
  if (dollars === null || dollars === undefined) return say('cost_unknown');
  const digits = dollars === 0 || dollars >= 0.01 ? 2 : 5;
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: 2,
    maximumFractionDigits: digits,
  }).format(dollars);
}
