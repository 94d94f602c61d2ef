/** The button that records a clip: it opens the microphone, and closes it when the clip is done. */

import { byId, icon } from '../common/dom.js';
import { LEVEL_EVERY_MS, Microphone } from '../common/microphone.js';
import { current } from '../common/settings.js';
import { trace } from '../common/trace.js';
import { onTheClock, say } from '../common/words.js';
import { fileName } from '../repartee.js';

/** How many levels are shown while it records. */
const SHOWN = 40;

/** @typedef {{microphone: Microphone, recording: import('../common/microphone.js').Recording}} Open */

/**
 * @param {(clip: File) => void} bring Takes the clip when it is done.
 * @param {(text: string) => void} tell
 * @param {() => number} longest How long a clip may be, in seconds.
 */
export function recorder(bring, tell, longest) {
  const [button, word, live] = [byId('record'), byId('record-word'), byId('live')];
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  /** @type {Open|null} */
  let open = null;
  let asking = false;
  let timer = 0;
  let made = 0;

  const close = () => {
    clearInterval(timer);
    open?.microphone.close();
    open = null;
    button.classList.remove('listening');
    button.querySelector('svg')?.replaceWith(icon('mic'));
    word.textContent = say('record');
    live.replaceChildren();
  };

  const stop = async () => {
    if (!open) return;
    const { recording } = open;
    const clip = await recording.stop();
    close();
    made += 1;
    const name = fileName(clip).replace('recording', `recording-${made}`);
    bring(new File([clip], name, { type: clip.type }));
  };

  const show = () => {
    if (!open) return;
    const { recording } = open;
    word.textContent = say('stop_recording', { time: onTheClock(recording.seconds) });
    const levels = recording.levels.slice(-SHOWN);
    live.replaceChildren(trace([...new Array(SHOWN - levels.length).fill(0), ...levels]));
    if (recording.seconds >= longest()) stop();
  };

  const start = async () => {
    asking = true;
    tell(say('asking'));
    try {
      const microphone = await Microphone.open(current().device);
      open = { microphone, recording: microphone.record() };
      microphone.whenGone(stop);
      button.classList.add('listening');
      button.querySelector('svg')?.replaceWith(icon('stop'));
      timer = window.setInterval(show, still ? 250 : LEVEL_EVERY_MS);
      show();
      tell(say('listening'));
    } catch (error) {
      tell(troubleOf(error));
    } finally {
      asking = false;
    }
  };

  button.addEventListener('click', () => {
    if (open) stop();
    else if (!asking) start();
  });
  button.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Escape' || !open) return;
    open.recording.discard();
    close();
    tell(say('discarded'));
  });
  window.addEventListener('pagehide', () => open?.microphone.close());
}

/** Why there is no microphone, in words. @param {any} error */
export function troubleOf(error) {
  return error?.why ? say(`trouble_${error.why}`, { address: location.origin }) : String(error);
}
