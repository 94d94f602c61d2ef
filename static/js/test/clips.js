/** All clips: their cards, and, where there are many, an overview. */

import { byId, element, save } from '../common/dom.js';
import { say } from '../common/words.js';
import { ClipCard } from './clip-card.js';
import { percent, plain, seconds } from './numbers.js';
import { verdictOf } from './report.js';
import { table } from './table.js';

/** @typedef {import('../repartee.js').Problem} Problem */

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
  /** What a card asks for. */
  #owner = {
    changed: (/** @type {ClipCard} */ { problem }) => {
      if (problem) this.page.refused(problem);
      this.#changed();
    },
    hear: (/** @type {ClipCard} */ card) => this.#hear(card),
    use: (/** @type {ClipCard} */ card) => this.page.use(card),
    remove: (/** @type {ClipCard} */ card) => this.#remove(card),
  };

  /**
   * @param {{changed: () => void, use: (card: ClipCard) => void, refused: (problem: Problem) => void}} page
   */
  constructor(page) {
    this.page = page;
    byId('clear').addEventListener('click', () => this.#clear());
    byId('save-reports').addEventListener('click', () => this.#save());
  }

  /**
   * Takes clips, and texts that tell what is said in them. Says what became of them.
   * @param {File[]} files @param {{recorded: boolean}} [how] @returns {Promise<string>}
   */
  async bring(files, how = { recorded: false }) {
    for (const file of files.filter(isText)) this.#texts.set(stem(file.name), await file.text());
    const clips = files.filter((file) => !isText(file));
    const fresh = clips.map((file) => new ClipCard(file, this.#owner, how));
    this.cards.unshift(...fresh);
    const told = this.cards.filter((card) => this.#expect(card));
    // The same words may be there in several formats.
    for (const card of told) this.#texts.delete(stem(card.file.name));
    byId('cards').prepend(...fresh.map((card) => card.whole));
    this.#changed();
    for (const card of new Set([...fresh, ...told])) this.#hear(card);
    if (this.#texts.size) return say('texts_without_clips', { names: [...this.#texts.keys()].join(', ') });
    return clips.length ? say('clips_taken', { number: clips.length }) : say('texts_taken');
  }

  /** Gives a card its expected words, if there are some. @param {ClipCard} card */
  #expect(card) {
    const text = this.#texts.get(stem(card.file.name));
    if (text === undefined) return false;
    card.expected.value = text.replace(/\s+/g, ' ').trim();
    return true;
  }

  /** Has a card heard, when it is its turn. @param {ClipCard} card */
  #hear(card) {
    card.wait();
    if (!this.#queue.includes(card)) this.#queue.push(card);
    this.#work();
  }

  async #work() {
    if (this.#busy >= AT_ONCE) return;
    const card = this.#queue.shift();
    if (!card) return;
    this.#busy += 1;
    try {
      await card.hear();
    } finally {
      this.#busy -= 1;
      this.#work();
    }
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
    const reports = this.cards.map(({ file, report, problem }) =>
      ({ name: file.name, bytes: file.size, report, problem: problem?.told ?? null }));
    save(new Blob([JSON.stringify(reports, null, 1)], { type: 'application/json' }), 'reports.json');
  }

  #changed() {
    byId('overview').hidden = this.cards.length < 2;
    const heads = ['clip', 'verdict', 'length', 'heard_words', 'word_errors'].map((name) => say(name));
    const { whole, add } = table(say('overview'), heads);
    for (const { id, file, report, problem } of this.cards) {
      const link = element('a', { href: `#${id}`, dir: 'auto' }, file.name);
      add([
        link,
        verdict(report, problem),
        report ? seconds(report.duration_seconds) : '—',
        report?.transcript ? element('span', { lang: report.language ?? '' }, report.transcript) : '—',
        report?.expected ? percent(report.expected.word_error_rate) : '—',
      ]);
    }
    const place = byId('overview-table');
    const here = place.contains(document.activeElement) && document.activeElement?.getAttribute('href');
    place.replaceChildren(whole);
    if (here) place.querySelector(`[href="${here}"]`)?.focus({ preventScroll: true });
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

/** How good a clip is, or why that is not known. @param {any} report @param {Problem|null} problem */
function verdict(report, problem) {
  if (problem) return element('code', { className: 'refusal' }, problem.code);
  return report ? verdictOf(report.verdict) : say('not_heard');
}
