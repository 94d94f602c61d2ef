/** Tells those who do not see the page what is written, a sentence at a time. */

import { byId, element } from '../common/dom.js';
import { current } from '../common/settings.js';
import { say } from '../common/words.js';

/** How many sentences are left to be read again. */
const MOST = 6;

export class Announcer {
  #told = 0;

  /**
   * More of a reply is there.
   * @param {string} reply @param {boolean} whole Whether it is all of it. @param {string|null} language
   */
  announce(reply, whole, language) {
    const rest = reply.slice(this.#told);
    const end = whole ? rest.length : lastEnd(rest);
    this.#told += end;
    const words = rest.slice(0, end).trim();
    if (words && current().announce) this.#tell(words, language);
  }

  /** What was heard. @param {string} words @param {string|null} language */
  heard(words, language) {
    this.#tell(`${say('you')}: ${words}`, language);
  }

  /** @param {string} words @param {string|null} language */
  #tell(words, language) {
    const log = byId('announcer');
    log.append(element('p', { lang: language ?? undefined }, words));
    while (log.childElementCount > MOST) log.firstElementChild?.remove();
  }
}

/** Where the last whole sentence ends; 0 if there is none. @param {string} text */
function lastEnd(text) {
  const last = [...text.matchAll(/[.!?…।؟。]+["'”’)\]]*\s/g)].at(-1);
  return last ? last.index + last[0].length : 0;
}
