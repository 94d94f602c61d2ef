/** The words of an answer: as they come, as they are spoken, and how far they were heard. */

import { element } from '../common/dom.js';
import { say } from '../common/words.js';

export class Reply {
  item = element('p', { className: 'reply', dir: 'auto', hidden: true });
  text = '';
  /** Where each sentence stands, and when it begins. @type {{from: number, to: number, ms: number}[]} */
  #sentences = [];
  #marked = -1;
  /** Where what was not heard begins. */
  #cutAt = Infinity;

  /** These are all of its words. @param {string} text */
  write(text) {
    this.text = text;
    this.#draw();
  }

  /** As if nothing had come of it. */
  clear() {
    this.#sentences = [];
    this.#cutAt = Infinity;
    this.write('');
  }

  /** A sentence will sound. @param {import('../repartee.js').Speech} speech */
  place({ sentence, text_from: from, text_to: to, start_ms: ms }) {
    this.#sentences[sentence] ??= { from, to, ms };
  }

  /** When sentences were said of which only the words are left, as nearly as can be told. @param {string} spoken @param {number} lasted */
  estimate(spoken, lasted) {
    if (this.#sentences.length || !lasted || !this.text.startsWith(spoken)) return;
    const cut = new Intl.Segmenter(this.item.lang || undefined, { granularity: 'sentence' });
    this.#sentences = Array.from(cut.segment(spoken), ({ index, segment }) => ({
      from: index,
      to: index + segment.length,
      ms: (lasted * index) / spoken.length,
    }));
  }

  /** Which sentence sounds at this time. @param {number} ms */
  at(ms) {
    return this.#sentences.findLastIndex((one) => one && one.ms <= ms);
  }

  /** Marks the sentence that sounds; -1: none. Says whether that is another. @param {number} sentence */
  mark(sentence) {
    if (this.#marked === sentence) return false;
    this.#marked = sentence;
    this.#draw();
    return true;
  }

  /** Only this beginning was heard. @param {string} heard */
  cut(heard) {
    if (!this.text.startsWith(heard) || heard.length >= this.text.length) return;
    this.#cutAt = heard.length;
    this.#draw();
  }

  #draw() {
    const { text } = this;
    const marked = this.#sentences[this.#marked];
    const now = marked ? text.slice(marked.from, marked.to).trim() : '';
    const from = now ? text.indexOf(now, marked.from) : text.length;
    const bounds = [0, from, from + now.length, Math.min(this.#cutAt, text.length), text.length];
    const ends = [...new Set(bounds)].sort((one, other) => one - other);
    this.item.replaceChildren(...ends.slice(1).flatMap((end, at) => {
      const begin = ends[at];
      const told = begin === this.#cutAt && element('span', { className: 'unseen' }, ` (${say('unheard')}) `);
      const looks = [begin >= from && end <= from + now.length && 'now', begin >= this.#cutAt && 'unheard'];
      return [told, this.#part(text.slice(begin, end), looks.filter(Boolean).join(' '))].filter(Boolean);
    }));
  }

  /** @param {string} words @param {string} className */
  #part(words, className) {
    if (!className) return words;
    const title = className.includes('unheard') ? say('unheard') : undefined;
    return element('span', { className, title }, words);
  }
}
