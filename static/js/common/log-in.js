/** The way in, where the server answers only those whom it knows. */

import { element } from './dom.js';
import { say } from './words.js';

/** A link to where one logs in. @returns {HTMLElement} */
export function logIn() {
  return element('a', { className: 'button strong', href: '/login' }, say('log_in'));
}
