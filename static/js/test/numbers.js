/** Measured amounts, as the page's language writes them. */

import { locale, say } from '../common/words.js';

/** What was not measured. */
const NONE = '—';

/** @param {Intl.NumberFormatOptions} how @returns {(amount: number|null|undefined) => string} */
function written(how) {
  const format = new Intl.NumberFormat(locale, how);
  return (amount) => (amount === null || amount === undefined ? NONE : format.format(amount));
}

export const plain = written({ maximumFractionDigits: 2 });
export const milliseconds = written({ style: 'unit', unit: 'millisecond', maximumFractionDigits: 1 });
export const percent = written({ style: 'percent', maximumFractionDigits: 1 });
export const smallPart = written({ style: 'percent', maximumFractionDigits: 3 });
const whole = written({ style: 'unit', unit: 'byte', unitDisplay: 'long' });
const kilobytes = written({ style: 'unit', unit: 'kilobyte', maximumFractionDigits: 1 });
const tenths = written({ minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** @param {number} amount */
export const seconds = (amount) => say('seconds', { amount: plain(amount) });

/** @param {number} amount */
export function bytes(amount) {
  return amount < 1000 ? whole(amount) : kilobytes(amount / 1000);
}

/** @param {number|null} amount @param {string} unit */
function inUnit(amount, unit) {
  if (amount === null || amount === undefined) return NONE;
  return say(unit, { amount: tenths(amount).replace('-', '−') });
}

/** @param {number|null} amount */
export const decibels = (amount) => inUnit(amount, 'decibels');

/** Against the loudest that there can be. @param {number|null} amount */
export const fullScale = (amount) => inUnit(amount, 'full_scale');

/** @param {number} amount */
export const hertz = (amount) => say('hertz', { amount: plain(amount) });

/** Yes or no. @param {boolean} is */
export const whether = (is) => say(is ? 'yes' : 'no');
