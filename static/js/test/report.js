/** What the server says about how a clip sounds, as a page shows it. */

import { element } from '../common/dom.js';
import { knows, say } from '../common/words.js';
import {
  decibels,
  fullScale,
  hertz,
  milliseconds,
  percent,
  plain,
  seconds,
  smallPart,
  whether,
} from './numbers.js';
import { shortened } from './shorten.js';
import { facts, more, table } from './table.js';

/** How many of four marks a verdict has. */
const MARKS = { good: 4, usable: 3, poor: 2, unusable: 1 };

/** What a warning's measure is measured in. @type {Record<string, (amount: number) => string>} */
const MEASURES = {
  too_short: seconds,
  silent: fullScale,
  no_voice: seconds,
  quiet: fullScale,
  clipping: smallPart,
  noisy: decibels,
};

/** A verdict as a word, and as marks. @param {keyof typeof MARKS} verdict */
export function verdictOf(verdict) {
  const marks = element('span', { className: 'marks', 'aria-hidden': 'true' });
  for (let at = 0; at < 4; at += 1) {
    marks.append(element('i', { className: at < MARKS[verdict] ? 'full' : '' }));
  }
  return element('span', { className: `verdict ${verdict}` }, marks, say(`verdict_${verdict}`));
}

/** In one sentence. @param {any} report */
export function summaryOf({ warnings, would_voice_chat: { accepted }, summary }) {
  if (warnings.length) return inWords(warnings[0], 'warning');
  if (knows('summary_clear')) return say(accepted ? 'summary_clear' : 'summary_no_word');
  return summary;
}

/** @param {any} warning @param {'warning'|'fix'} part */
function inWords(warning, part) {
  const name = `${part}_${warning.code}`;
  if (knows(name)) return say(name);
  return part === 'fix' ? warning.fix : warning.message;
}

/** Each with what was measured and what would have passed. @param {any} report */
export function warningsOf({ warnings }) {
  if (!warnings.length) return null;
  const items = warnings.map((/** @type {any} */ warning) => {
    const measure = MEASURES[warning.code] ?? plain;
    const values = { measured: measure(warning.measured), threshold: measure(warning.threshold) };
    return element(
      'li',
      {},
      element('b', {}, inWords(warning, 'warning')),
      ` ${inWords(warning, 'fix')} `,
      element('span', { className: 'note' }, say('measured', values)),
    );
  });
  return element('ul', { className: 'warnings', 'aria-label': say('warnings') }, ...items);
}

/** Everything that was measured. @param {any} report */
export function measuresOf(report) {
  const { audio, timings_ms: timings, would_voice_chat: gate } = report;
  const names = new Intl.DisplayNames([document.documentElement.lang], { type: 'language' });
  const rows = /** @type {[string, string][]} */ ([
    ['would_answer', gate.accepted ? say('yes') : `${say('no')}: ${gate.code}`],
    ['container', audio.container],
    ['codec', audio.codec],
    ['declared', audio.declared ?? '—'],
    ['live', whether(audio.live)],
    ['truncated', whether(audio.truncated)],
    ['sample_rate', hertz(audio.sample_rate)],
    ['channels', plain(audio.channels)],
    ['duration', seconds(report.duration_seconds)],
    ['speech', seconds(report.speech_seconds)],
    ['loudness', fullScale(audio.loudness_dbfs)],
    ['peak', fullScale(audio.peak_dbfs)],
    ['clipped', smallPart(audio.clipped)],
    ['snr', decibels(audio.snr_db)],
    ['language', report.language ? (names.of(report.language) ?? report.language) : '—'],
    ['engine', report.engine ?? '—'],
    ['time_measure', milliseconds(timings.measure)],
    ['time_gate', milliseconds(timings.gate)],
    ['time_hearing', milliseconds(timings.hearing)],
  ]);
  return more(say('hearing_report'), facts(rows.map(([name, value]) => [say(name), value])));
}

/** Each word with its times. @param {any} report */
export function wordsOf({ words, language }) {
  if (!words.length) return null;
  const heads = ['word', 'from', 'until', 'confidence'].map((name) => say(name));
  const { whole, add } = table(say('words'), heads, 'tight');
  for (const { word, start_ms: from, end_ms: until, confidence } of words) {
    const sure = confidence === null ? '—' : percent(confidence);
    add([element('span', { lang: language ?? '' }, word), milliseconds(from), milliseconds(until), sure]);
  }
  return more(say('words_number', { number: words.length }), whole);
}

/** The server's own answer. @param {any} report */
export function rawOf(report) {
  const label = say('as_sent');
  const text = element('pre', { tabIndex: 0, role: 'group', 'aria-label': label }, shortened(report));
  return more(label, text);
}
