/** The settings' sheet: what is chosen in it takes effect at once. */

import { byId, element, toast } from '../common/dom.js';
import { microphones } from '../common/microphone.js';
import { sample } from '../common/server.js';
import { change, current } from '../common/settings.js';
import { playOnce } from '../common/sound.js';
import { knows, language, say } from '../common/words.js';
import { Problem } from '../repartee.js';
import { examine } from './doctor.js';
import { inWords } from './troubles.js';

/** @param {number} amount */
const times = (amount) => say('times', { amount: new Intl.NumberFormat(language).format(amount) });

/** @param {number} amount */
const long = (amount) => say('seconds', { amount: new Intl.NumberFormat(language).format(amount) });

/** What the server is able to do. @type {any} */
let able = null;

/** Fills the sheet with what the server is able to do now. @param {any} now */
export function choices(now) {
  const first = !able;
  able = now;
  voices();
  languages();
  if (first) wire();
}

function wire() {
  const settings = current();
  byId('set-voice').addEventListener('change', () => change({ voice: byId('set-voice').value }));
  byId('sample').addEventListener('click', hearSample);
  byId('set-spoken').addEventListener('change', () => change({ spoken: byId('set-spoken').value }));
  slider('speed', settings.speed, times);
  slider('pause', settings.pause, long);
  const device = byId('set-device');
  device.addEventListener('change', () => change({ device: device.value }));
  for (const theme of document.getElementsByName('theme')) {
    const choice = /** @type {HTMLInputElement} */ (theme);
    choice.checked = choice.value === settings.theme;
    choice.addEventListener('change', () => change({ theme: choice.value }));
  }
  tick('set-announce', 'announce');
  tick('set-until-tap', 'untilTap');
  byId('doctor').addEventListener('click', () => examine(named));
  byId('open-settings').addEventListener('click', named);
  navigator.mediaDevices?.addEventListener('devicechange', named);
  named();
}

/** The microphones there are, by name once one was allowed. */
async function named() {
  const select = byId('set-device');
  const found = await microphones();
  const options = found
    .filter(({ deviceId }) => deviceId !== 'default')
    .map(({ deviceId, label }, at) => [deviceId, label || say('microphone_number', { number: at + 1 })]);
  fill(select, [['', say('microphone_usual')], ...options], current().device);
}

/** @param {HTMLSelectElement} select @param {string[][]} options @param {string} chosen */
function fill(select, options, chosen) {
  choose(select, options.map(([value, text]) => element('option', { value }, text)), chosen);
}

/** @param {HTMLSelectElement} select @param {Node[]} options @param {string} chosen */
function choose(select, options, chosen) {
  select.replaceChildren(...options);
  select.value = chosen;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
}

/** The names by which most programs ask for voices. */
const COMMON = ['alloy', 'echo', 'fable', 'onyx', 'nova', 'shimmer'];

/** A voice in the words of people, if there are any for it. @param {string} name */
const described = (name) => (knows(`voice_${name}`) ? say(`voice_${name}`) : name);

function voices() {
  const select = byId('set-voice');
  const option = (/** @type {any} */ { name, own, speaker }) => {
    const known = knows(`voice_${name}`) ? `${described(name)} (${name})` : name;
    const text = own ? known : name[0].toUpperCase() + name.slice(1);
    return element('option', { value: name }, speaker === name ? text : say('voice_as', { name: text, speaker }));
  };
  const of = (/** @type {any[]} */ some) => some.map(option);
  const own = able.voices.filter((/** @type {any} */ voice) => voice.own);
  // Voices that the engine knows itself come first; the others are its nearest.
  const common = able.voices.filter((/** @type {any} */ { name }) => COMMON.includes(name));
  const groups = own.length
    ? [
        element('optgroup', { label: say('voices_own') }, ...of(own)),
        element('optgroup', { label: say('voices_common') }, ...of(common)),
      ]
    : of(able.voices);
  const usual = element('option', { value: '' }, say('voice_usual', { name: described(able.speaker) }));
  choose(select, [usual, ...groups], current().voice);
  // A voice that is gone would be refused each time.
  if (current().voice !== select.value) change({ voice: select.value });
}

async function hearSample() {
  const button = byId('sample');
  button.disabled = true;
  try {
    const sound = await sample(current().voice || able.voice, say('sample_text'), current().speed);
    if (!(await playOnce(sound))) toast(say('sample_failed'));
  } catch (error) {
    toast(inWords(Problem.of(error)));
  } finally {
    button.disabled = false;
  }
}

/** Languages that hearing is asked for by hand, where it knows many. */
const TONGUES = 'ar bn de en es fr gu hi id it ja kn ko ml mr nl pa pl pt ru ta te tr uk ur vi zh'.split(' ');

function languages() {
  const select = byId('set-spoken');
  const names = new Intl.DisplayNames([language], { type: 'language' });
  const known = able.languages ?? TONGUES;
  const listed = known.map((/** @type {string} */ tag) => [tag, names.of(tag) ?? tag]);
  const only = known.length === 1;
  fill(select, only ? listed : [['', say('spoken_any')], ...listed], only ? known[0] : current().spoken);
  select.disabled = only;
  byId('spoken-note').hidden = !only;
  if (only && current().spoken) change({ spoken: '' });
}

/** @param {string} id @param {'announce'|'untilTap'} name */
function tick(id, name) {
  const box = byId(id);
  box.checked = current()[name];
  box.addEventListener('change', () => change({ [name]: box.checked }));
}

/** @param {'speed'|'pause'} name @param {number} value @param {(amount: number) => string} said */
function slider(name, value, said) {
  const input = byId(`set-${name}`);
  const output = byId(`said-${name}`);
  const write = () => {
    output.textContent = said(Number(input.value));
    input.setAttribute('aria-valuetext', output.textContent);
  };
  input.value = String(value);
  input.addEventListener('input', () => {
    change({ [name]: Number(input.value) });
    write();
  });
  write();
}
