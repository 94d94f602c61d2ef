/** The microphone doctor: listens for a moment, and says how well it hears. */

import { byId, element } from '../common/dom.js';
import { Microphone } from '../common/microphone.js';
import { current } from '../common/settings.js';
import { hush } from '../common/sound.js';
import { height } from '../common/trace.js';
import { knows, say } from '../common/words.js';
import { hear } from '../repartee.js';
import { inWords } from './troubles.js';

/** How long it listens. */
const LISTENS_MS = 4000;

/** Listens, asks the server what was heard, and tells. @param {() => void} opened */
export async function examine(opened) {
  const [button, meter, diagnosis] = [byId('doctor'), byId('level'), byId('diagnosis')];
  button.disabled = true;
  diagnosis.replaceChildren(say('doctor_speak'));
  try {
    const clip = await listen(meter, opened);
    diagnosis.replaceChildren(say('doctor_listening'));
    diagnosis.replaceChildren(...(clip ? told(await hear(clip)) : []));
  } catch (error) {
    const { why } = /** @type {any} */ (error);
    const text = why
      ? say(`trouble_${why}`, { address: location.origin })
      : inWords(/** @type {any} */ (error));
    diagnosis.replaceChildren(text);
  } finally {
    button.disabled = false;
  }
}

/** What is said in a moment; nothing, if the sheet is closed meanwhile. @param {any} meter @param {() => void} opened */
async function listen(meter, opened) {
  const sheet = byId('settings');
  hush();
  const microphone = await Microphone.open(current().device);
  if (!sheet.open) {
    microphone.close();
    return null;
  }
  const drawn = setInterval(() => (meter.value = height(microphone.level)), 50);
  try {
    opened();
    const recording = microphone.record();
    await new Promise((resolve) => {
      setTimeout(resolve, LISTENS_MS);
      sheet.addEventListener('close', resolve, { once: true });
    });
    if (sheet.open) return await recording.stop();
    recording.discard();
    return null;
  } finally {
    clearInterval(drawn);
    meter.value = 0;
    microphone.close();
  }
}

/** @param {any} report */
function told(report) {
  const { audio, verdict, transcript, warnings } = report;
  const number = (/** @type {number} */ value) => String(Math.round(value)).replace('-', '−');
  const lines = warnings.map((/** @type {any} */ { code, message, fix }) =>
    element('p', {}, knows(`warning_${code}`) ? say(`warning_${code}`) : `${message}: ${fix}.`));
  return [
    element('p', {}, element('b', {}, say(`verdict_${verdict}`))),
    ...lines,
    transcript && element('p', { dir: 'auto' }, say('doctor_heard', { words: transcript })),
    // Where there is no sound, or nobody speaks, there is nothing to compare.
    audio.loudness_dbfs !== null && audio.snr_db !== null && element(
      'p',
      { className: 'note' },
      say('doctor_numbers', { loudness: number(audio.loudness_dbfs), snr: number(audio.snr_db) }),
    ),
  ].filter(Boolean);
}
