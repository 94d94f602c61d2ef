/** Tables that become lists where there is no room, and stay tables for screen readers. */

import { element } from '../common/dom.js';

/** @typedef {string|Node|null} Cell */

/** @param {Cell} content */
const filled = (content) => (content === null || content === '' ? [] : [content]);

/**
 * @param {string} label What the table is of. @param {string[]} heads
 * @param {string} [kind] A class of its own.
 */
export function table(label, heads, kind = '') {
  const body = element('tbody', { role: 'rowgroup' });
  const head = element(
    'tr',
    { role: 'row' },
    ...heads.map((text) => element('th', { role: 'columnheader', scope: 'col' }, text)),
  );
  const whole = element(
    'table',
    { role: 'table', className: `rows ${kind}`.trim(), 'aria-label': label },
    element('thead', { role: 'rowgroup' }, head),
    body,
  );
  return {
    whole,
    /** @param {Cell[]} cells The first one names the row. */
    add([first, ...others]) {
      const row = element(
        'tr',
        { role: 'row' },
        element('th', { role: 'rowheader', scope: 'row' }, ...filled(first)),
        ...others.map((cell, at) =>
          element('td', { role: 'cell', 'data-label': heads[at + 1] }, ...filled(cell))),
      );
      body.append(row);
      return row;
    },
  };
}

/** What is called how. @param {[string, Cell][]} pairs */
export function facts(pairs) {
  return element(
    'dl',
    { className: 'facts' },
    ...pairs.map(([name, value]) =>
      element('div', {}, element('dt', {}, name), element('dd', {}, ...filled(value)))),
  );
}

/** More of it, for those who ask. @param {string} title @param {...Node} content */
export function more(title, ...content) {
  return element('details', { className: 'more' }, element('summary', {}, title), ...content);
}
