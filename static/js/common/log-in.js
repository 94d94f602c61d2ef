/** The way in, where the server answers only those whom it knows. */

import { element } from './dom.js';
import { drawn, say } from './words.js';

/** Whoever logs in was a stranger before, and what they said then is still theirs. */
const BEFORE = 'repartee.before';

/** A link to where one logs in. @returns {HTMLElement} */
export function logIn() {
  const onclick = () => sessionStorage.setItem(BEFORE, drawn.visitor);
  return element('a', { className: 'button strong', href: '/login', onclick }, say('log_in'));
}

/** Who they were before they have logged in here, told once. @returns {string|null} */
export function wasBefore() {
  try {
    const before = sessionStorage.getItem(BEFORE);
    // Not logged in yet, they may still be about to.
    if (before !== drawn.visitor) sessionStorage.removeItem(BEFORE);
    return before;
  } catch {
    return null;
  }
}
