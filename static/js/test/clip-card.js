/** One clip: what it is, what was heard in it, and how well. */

import { element, save } from '../common/dom.js';
import { current } from '../common/settings.js';
import { say } from '../common/words.js';
import { hear, Problem } from '../repartee.js';
import { button } from './buttons.js';
import { clipPlayer } from './clip-player.js';
import { comparison } from './expected.js';
import { bytes, seconds } from './numbers.js';
import { pause } from './pause.js';
import { measuresOf, rawOf, summaryOf, verdictOf, warningsOf, wordsOf } from './report.js';
import { bytesOf, samplesOf, WAV_HEADER } from './sound.js';
import { Waveform } from './waveform.js';

/** How long it is worth waiting for a server that is busy, in seconds, and how often. */
const LONGEST_WAIT = 65;
const TRIES = 5;

let number = 0;

export class ClipCard {
  /** What the server said about it, once it has. @type {any} */
  report = null;
  /** Why there is no report, once it was refused. @type {Problem|null} */
  problem = null;
  /** @type {(() => void)|null} */
  #forget = null;
  /** What is under way for it. */
  #call = new AbortController();

  /**
   * @param {File} file
   * @param {Record<'changed'|'hear'|'use'|'remove', (card: ClipCard) => void>} owner `hear`: when it
   *   is its turn.
   * @param {{recorded: boolean}} how Whether it was recorded here, and is nowhere else yet.
   */
  constructor(file, owner, { recorded }) {
    number += 1;
    this.id = `clip-${number}`;
    this.file = file;
    this.owner = owner;
    this.facts = element('p', { className: 'note' }, bytes(file.size));
    this.state = element('p', { className: 'state', role: 'status' }, say('waiting_to_be_heard'));
    this.body = element('div', { className: 'heard' });
    this.details = element('div', { className: 'details' });
    this.compared = element('div', { className: 'compared', role: 'status' });
    this.expected = element('input', { autocomplete: 'off', onchange: () => owner.hear(this), dir: 'auto' });
    const name = element('h3', { id: `${this.id}-name`, dir: 'auto' }, file.name);
    this.whole = element(
      'article',
      { className: 'card', id: this.id, tabIndex: -1, 'aria-labelledby': name.id },
      element(
        'header',
        {},
        element('div', { className: 'named' }, name, this.facts),
        button('quiet short', 'again', say('hear_again'), () => owner.hear(this)),
        button('quiet', 'send', say('use_it'), () => owner.use(this)),
        recorded && button('quiet short', 'download', say('save'), () => save(file, file.name)),
        button('quiet short', 'delete', say('remove'), () => owner.remove(this)),
      ),
      this.state,
      this.body,
      element('label', { className: 'field' }, element('span', {}, say('expected')), this.expected),
      this.compared,
      this.details,
    );
  }

  /** It is going to be heard anew: what is under way for it comes to nothing. */
  wait() {
    this.#call.abort();
    this.state.textContent = say('waiting_to_be_heard');
  }

  /** Asks the server what it hears. */
  async hear() {
    const { signal } = (this.#call = new AbortController());
    const asked = { expected: this.expected.value.trim(), language: current().spoken, sound: true, signal };
    for (let left = TRIES; !signal.aborted; left -= 1) {
      this.state.textContent = say('hearing_now');
      const answer = await hear(this.file, asked).catch((error) => Problem.of(error));
      if (signal.aborted) return;
      const again = left > 1 && answer instanceof Problem ? answer.retryAfterSeconds : null;
      if (again === null || again > LONGEST_WAIT) {
        this.#take(answer);
        return;
      }
      this.state.textContent = say('server_asks_to_wait', { wait: seconds(again) });
      await pause(1000 * again, signal);
    }
  }

  /** Ends it. */
  forget() {
    this.#call.abort();
    this.#forget?.();
    this.whole.remove();
  }

  /** @param {any} answer The server's report, or why there is none. */
  #take(answer) {
    this.#forget?.();
    this.#forget = null;
    if (answer instanceof Problem) this.#fail(answer);
    else this.#show(answer);
    this.owner.changed(this);
  }

  /** @param {any} report */
  #show(report) {
    const { heard, ...told } = report;
    const wav = bytesOf(heard.base64);
    const player = clipPlayer(this.file, new Blob([wav], { type: heard.mime }));
    const picture = new Waveform(report, samplesOf(wav, WAV_HEADER));
    picture.follow(player.audio);
    this.#forget = player.forget;
    this.facts.textContent = `${bytes(this.file.size)} · ${seconds(report.duration_seconds)}`;
    this.state.replaceChildren(verdictOf(report.verdict), ' ', summaryOf(report));
    const transcript = report.transcript
      ? element('p', { className: 'transcript', dir: 'auto', lang: report.language ?? '' }, report.transcript)
      : element('p', { className: 'transcript none' }, say('no_words'));
    const parts = [transcript, warningsOf(report), picture.whole, player.whole];
    this.body.replaceChildren(...parts.filter((part) => part !== null));
    const details = [measuresOf(report), wordsOf(report), rawOf({ ...told, heard })];
    this.details.replaceChildren(...details.filter((part) => part !== null));
    this.compared.replaceChildren(...(report.expected ? comparison(report.expected) : []));
    // The report itself keeps no sound: many clips would fill memory.
    this.report = told;
    this.problem = null;
  }

  /** @param {Problem} problem */
  #fail(problem) {
    this.report = null;
    this.problem = problem;
    const told = problem.status
      ? [
          element('b', {}, say('refused', { status: problem.status })),
          ` ${problem.message} `,
          element('code', {}, problem.code),
        ]
      : [element('b', {}, say('unreachable'))];
    this.state.replaceChildren(...told);
    this.body.replaceChildren();
    this.details.replaceChildren(...(problem.status ? [rawOf(problem.told)] : []));
    this.compared.replaceChildren();
  }
}
