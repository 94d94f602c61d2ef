/** An answer's headers: as they were sent, and what they mean. */

import { element } from '../common/dom.js';
import { say } from '../common/words.js';
import { milliseconds } from './numbers.js';
import { table } from './table.js';

/** Headers that hold text which somebody said or wrote. */
const TEXTS = new Set(['x-transcript', 'x-ai-response']);

/** What a header means, where that is not what it says. @param {Headers} headers */
function decoder(headers) {
  const encoded = headers.get('X-Text-Encoding') === 'percent-utf8';
  return (/** @type {string} */ name, /** @type {string} */ value) => {
    if (TEXTS.has(name)) return encoded ? decodeURIComponent(value) : value;
    if (name === 'server-timing') return timings(value);
    return null;
  };
}

/** `hearing;dur=104.7, …`, for eyes. @param {string} value */
function timings(value) {
  const steps = value.split(',').map((step) => /^\s*([^;\s]+).*?dur=([\d.]+)/.exec(step));
  return steps.flatMap((step) => (step ? [`${step[1]} ${milliseconds(Number(step[2]))}`] : [])).join(' · ');
}

/** @param {Headers} headers */
export function headersOf(headers) {
  const decoded = decoder(headers);
  // What somebody said comes first: it is what one looks for.
  const all = [...headers].sort(([one], [other]) => rank(one) - rank(other));
  const rows = all.map(([name, value]) => ({ name, value, meant: decoded(name, value) }));
  const some = rows.some(({ meant }) => meant !== null);
  const heads = ['header', 'as_sent_header', ...(some ? ['decoded'] : [])];
  const { whole, add } = table(say('headers'), heads.map((head) => say(head)), 'headers');
  for (const { name, value, meant } of rows) {
    const shown = meant === null ? null : element('span', { dir: 'auto' }, meant);
    add([element('code', {}, name), element('code', {}, value), ...(some ? [shown] : [])]);
  }
  return whole;
}

/** @param {string} name */
const rank = (name) => (TEXTS.has(name) ? 0 : name.startsWith('x-') || name === 'server-timing' ? 1 : 2);
