/** Events as they arrive: when, what, and the sound that they bring. */

import { element } from '../common/dom.js';
import { say } from '../common/words.js';
import { milliseconds } from './numbers.js';
import { shortened } from './shorten.js';
import { bytesOf, joined } from './sound.js';
import { table } from './table.js';

export class EventLog {
  #decoder = new TextDecoder();
  #rest = '';
  /** @type {Uint8Array[]} */
  #sound = [];
  #mime = '';
  #table = table(say('event_log'), ['arrived', 'event', 'data'].map((name) => say(name)), 'log tight');

  constructor() {
    this.whole = element(
      'div',
      { className: 'scrolled', tabIndex: 0, role: 'group', 'aria-label': say('event_log') },
      this.#table.whole,
    );
  }

  /** @param {Uint8Array} bytes @param {number} at When they came, in milliseconds. */
  piece(bytes, at) {
    const blocks = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) this.#block(block, at);
  }

  /** All sound that came, as one. @returns {{bytes: Uint8Array<ArrayBuffer>, mime: string}|null} */
  sound() {
    return this.#sound.length ? { bytes: joined(this.#sound), mime: this.#mime } : null;
  }

  /** @param {string} block @param {number} at */
  #block(block, at) {
    const name = /^event: (.*)$/m.exec(block)?.[1];
    const data = /^data: (.*)$/m.exec(block)?.[1];
    if (!name || !data) {
      this.#table.add([milliseconds(at), say('comment'), element('code', {}, block)]);
      return;
    }
    const told = JSON.parse(data);
    if (name === 'speech') {
      this.#sound.push(bytesOf(told.data));
      this.#mime = told.mime;
    }
    const line = element('code', {}, shortened(told, { oneLine: true }));
    this.#table.add([milliseconds(at), element('b', {}, name), line]);
  }
}
