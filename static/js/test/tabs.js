/** Tabs over one panel, for fingers and keys. */

import { element } from '../common/dom.js';

/** How far a key goes. @type {Record<string, (at: number, last: number) => number>} */
const WAYS = {
  ArrowRight: (at, last) => (at === last ? 0 : at + 1),
  ArrowLeft: (at, last) => (at === 0 ? last : at - 1),
  Home: () => 0,
  End: (_, last) => last,
};

/**
 * @param {HTMLElement} list @param {HTMLElement} panel @param {string[]} labels
 * @param {(at: number) => void} chosen
 */
export function tabs(list, panel, labels, chosen) {
  const made = labels.map((label, at) =>
    element(
      'button',
      {
        className: 'quiet',
        type: 'button',
        role: 'tab',
        id: `${panel.id}-tab-${at}`,
        'aria-controls': panel.id,
        onclick: () => show(at),
        onkeydown: (/** @type {KeyboardEvent} */ event) => {
          const way = WAYS[event.key];
          if (!way) return;
          event.preventDefault();
          const next = way(at, made.length - 1);
          show(next);
          made[next].focus();
        },
      },
      label,
      element('small', {}),
    ));
  const show = (/** @type {number} */ at) => {
    made.forEach((tab, other) => {
      tab.setAttribute('aria-selected', String(other === at));
      tab.tabIndex = other === at ? 0 : -1;
    });
    panel.setAttribute('aria-labelledby', made[at].id);
    chosen(at);
  };
  list.append(...made);
  return {
    show,
    /** Writes beside a tab's name. @param {number} at @param {string} text */
    mark: (at, text) => (made[at].querySelector('small').textContent = text),
  };
}
