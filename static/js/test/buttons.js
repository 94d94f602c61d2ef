/** Buttons, as the page has them. */

import { copy, element, icon } from '../common/dom.js';
import { say } from '../common/words.js';

/** @param {string} kind @param {string} glyph @param {string} text @param {() => void} press */
export function button(kind, glyph, text, press) {
  const made = element('button', { className: kind, type: 'button', onclick: press });
  made.append(icon(glyph), element('span', {}, text));
  return made;
}

/** A line for a terminal, and a button that copies it. @param {string} text */
export function lineToCopy(text) {
  const copier = button('quiet', 'copy', say('copy'), () => copy(copier, text, say('copied')));
  return element(
    'div',
    { className: 'line' },
    element('pre', { tabIndex: 0, role: 'group', 'aria-label': say('curl') }, element('code', {}, text)),
    copier,
  );
}
