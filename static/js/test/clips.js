/** All clips: their cards, and, where there are many, an overview. */

import { byId, element, save } from '../common/dom.js';
import { say } from '../common/words.js';
import { ClipCard } from './clip-card.js';
import { percent, plain, seconds } from './numbers.js';
import { verdictOf } from './report.js';
import { table } from './table.js';

/** How many are heard at the same time. */
const AT_ONCE = 2;

/** A file's name without its ending. @param {string} name */
const stem = (name) => name.replace(/\.[^.]*$/, '').toLowerCase();

/** @param {File} file */
const isText = (file) => /\.txt$/i.test(file.name);

export class Clips {
  /** @type {ClipCard[]} */
  cards = [];
  /** Expected words that came before their clips, by stem. @type {Map<string, string>} */
  #texts = new Map();
  /** @type {ClipCard[]} */
  #queue = [];
  #busy = 0;

  /** @param {{changed: () => void, use: (card: ClipCard) => void}} page */
  constructor(page) {
    this.page = page;
    byId('clear').addEventListener('click', () => this.#clear());
    byId('save-reports').addEventListener('click', () => this.#save());
  }

  /**
   * Takes clips, and texts that tell what is said in them. Says what became of them.
   * @param {File[]} files @returns {Promise<string>}
   */
  async bring(files) {
    for (const file of files.filter(isText)) this.#texts.set(stem(file.name), await file.text());
    const clips = files.filter((file) => !isText(file));
    const fresh = clips.map((file) => {
      const remove = (/** @type {ClipCard} */ card) => this.#remove(card);
      return new ClipCard(file, { changed: () => this.#changed(), use: this.page.use, remove });
    });
    this.cards.unshift(...fresh);
    const told = this.cards.filter((card) => this.#expect(card));
    byId('cards').prepend(...fresh.map((card) => card.whole));
    this.#queue.push(...new Set([...fresh, ...told]));
    this.#changed();
    this.#work();
    if (this.#texts.size) return say('texts_without_clips', { names: [...this.#texts.keys()].join(', ') });
    return clips.length ? say('clips_taken', { number: clips.length }) : say('texts_taken');
  }

  /** Gives a card its expected words, if there are some. @param {ClipCard} card */
  #expect(card) {
    const name = stem(card.file.name);
    const text = this.#texts.get(name);
    if (text === undefined) return false;
    card.expected.value = text.replace(/\s+/g, ' ').trim();
    this.#texts.delete(name);
    return true;
  }

  async #work() {
    if (this.#busy >= AT_ONCE) return;
    const card = this.#queue.shift();
    if (!card) return;
    this.#busy += 1;
    this.#work();
    await card.hear();
    this.#busy -= 1;
    this.#work();
  }

  /** @param {ClipCard} card */
  #remove(card) {
    const at = this.cards.indexOf(card);
    this.cards.splice(at, 1);
    this.#queue = this.#queue.filter((waiting) => waiting !== card);
    card.forget();
    const next = this.cards[Math.min(at, this.cards.length - 1)];
    (next?.whole ?? byId('record')).focus();
    this.#changed();
  }

  #clear() {
    for (const card of this.cards) card.forget();
    this.cards = [];
    this.#queue = [];
    this.#changed();
    byId('record').focus();
  }

  #save() {
    const reports = this.cards.map(({ file, report }) => ({ name: file.name, bytes: file.size, report }));
    save(new Blob([JSON.stringify(reports, null, 1)], { type: 'application/json' }), 'reports.json');
  }

  #changed() {
    byId('overview').hidden = this.cards.length < 2;
    const heads = ['clip', 'verdict', 'length', 'heard_words', 'word_errors'].map((name) => say(name));
    const { whole, add } = table(say('overview'), heads);
    for (const { id, file, report } of this.cards) {
      const link = element('a', { href: `#${id}`, dir: 'auto' }, file.name);
      add([
        link,
        report ? verdictOf(report.verdict) : say('not_heard'),
        report ? seconds(report.duration_seconds) : '—',
        report?.transcript ? element('span', { lang: report.language ?? '' }, report.transcript) : '—',
        report?.expected ? percent(report.expected.word_error_rate) : '—',
      ]);
    }
    byId('overview-table').replaceChildren(whole);
    this.#total();
    this.page.changed();
  }

  #total() {
    const compared = this.cards.flatMap(({ report }) => (report?.expected ? [report.expected] : []));
    const steps = compared.flatMap(({ diff }) => diff.map((/** @type {any} */ { op }) => op));
    const said = steps.filter((op) => op !== 'added').length;
    const wrong = steps.filter((op) => op !== 'same').length;
    byId('overview-total').textContent = said
      ? say('overview_rate', { rate: percent(wrong / said), number: plain(said) })
      : '';
  }
}
