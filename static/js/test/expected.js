/** What should have been heard, against what was. */

import { element } from '../common/dom.js';
import { say } from '../common/words.js';
import { percent } from './numbers.js';

/** The server's comparison: two rates, and word over word. @param {any} compared */
export function comparison({ word_error_rate: words, character_error_rate: letters, diff }) {
  const rate = (/** @type {string} */ name, /** @type {number} */ value) =>
    element(
      'p',
      {},
      element('span', { className: 'note' }, say(name)),
      ' ',
      element('b', {}, percent(value)),
    );
  return [
    element('div', { className: 'rates' }, rate('word_errors', words), rate('letter_errors', letters)),
    element(
      'div',
      { className: 'aligned' },
      element(
        'div',
        { className: 'rows-named note', 'aria-hidden': 'true' },
        element('span', {}, say('expected_row')),
        element('span', {}, say('heard_row')),
      ),
      element('ol', { className: 'diff', 'aria-label': say('diff') }, ...diff.map(step)),
    ),
  ];
}

/** @param {{op: string, expected: string|null, heard: string|null}} told */
function step({ op, expected, heard }) {
  const values = { expected: expected ?? '', heard: heard ?? '' };
  return element(
    'li',
    { className: op },
    element('span', { className: 'unseen' }, say(`diff_${op}`, values)),
    element('span', { 'aria-hidden': 'true' }, expected ?? '·'),
    element('span', { 'aria-hidden': 'true' }, heard ?? '·'),
  );
}
