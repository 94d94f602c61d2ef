/** The button that records a clip: it opens the microphone, and closes it when the clip is done. */

import { byId, icon } from '../common/dom.js';
import { LEVEL_EVERY_MS } from '../common/microphone.js';
import { Recorder } from '../common/recorder.js';
import { current } from '../common/settings.js';
import { trace } from '../common/trace.js';
import { onTheClock, say } from '../common/words.js';
import { fileName } from '../repartee.js';

/** How many levels are shown while it records. */
const SHOWN = 40;

/**
 * @param {(clip: File) => void} bring Takes the clip when it is done.
 * @param {(text: string) => void} tell
 * @param {() => number} longest How long a clip may be, in seconds.
 */
export function recorder(bring, tell, longest) {
  const [button, word, live] = [byId('record'), byId('record-word'), byId('live')];
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const recorder = new Recorder();
  let ending = false;
  let timer = 0;
  let made = 0;

  const show = () => {
    word.textContent = say('stop_recording', { time: onTheClock(recorder.seconds) });
    const levels = recorder.levels.slice(-SHOWN);
    live.replaceChildren(trace([...new Array(SHOWN - levels.length).fill(0), ...levels]));
  };

  /** The button is as it was before. */
  const rest = () => {
    clearInterval(timer);
    button.classList.remove('listening');
    button.querySelector('svg')?.replaceWith(icon('mic'));
    word.textContent = say('record');
    live.replaceChildren();
  };

  const discard = () => {
    recorder.discard();
    rest();
  };

  const stop = async () => {
    ending = true;
    const done = recorder.finish();
    rest();
    const said = await done.finally(() => (ending = false));
    if (!said) return;
    made += 1;
    const name = fileName(said.clip).replace('recording', `recording-${made}`);
    bring(new File([said.clip], name, { type: said.clip.type }));
  };

  const start = async () => {
    tell(say('asking'));
    const { device } = current();
    try {
      const opened = await recorder.open({ device, limitSeconds: longest(), full: stop, gone: stop });
      if (!opened) return;
      button.classList.add('listening');
      button.querySelector('svg')?.replaceWith(icon('stop'));
      timer = window.setInterval(show, still ? 250 : LEVEL_EVERY_MS);
      show();
      tell(say('listening'));
    } catch (error) {
      discard();
      tell(troubleOf(error));
    }
  };

  button.addEventListener('click', (/** @type {MouseEvent} */ { detail }) => {
    if (recorder.records) stop();
    // Whoever clicks twice to stop does not want to begin again.
    else if (!recorder.opens && !ending && detail < 2) start();
  });
  document.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape' || !recorder.records) return;
    discard();
    tell(say('discarded'));
  });
  window.addEventListener('pagehide', discard);
}

/** Why there is no microphone, in words. @param {any} error */
export function troubleOf(error) {
  return say(`trouble_${error?.why ?? 'unable'}`, { address: location.origin });
}
