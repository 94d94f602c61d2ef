/** Who listens, thinks and speaks; what leaves the computer; and how to connect a model. */

import { byId, copy, element, icon } from '../common/dom.js';
import { answered, sample } from '../common/server.js';
import { inSeconds, say } from '../common/words.js';
import { hear, Problem } from '../repartee.js';
import { inWords } from './troubles.js';

const STAGES = /** @type {const} */ (['hearing', 'thinking', 'speaking']);

/** What is written into `.env`, for each who runs models. */
const WAYS = [
  [
    'Ollama',
    // What runs there costs nothing, so that no budget has to know its price.
    'THINKING_BASE_URL=http://localhost:11434/v1\nTHINKING_MODEL=llama3.2\n' +
      'DAILY_BUDGET_USD=unlimited\nOWNER_BUDGET_USD=unlimited\n',
  ],
  ['OpenAI', 'OPENAI_API_KEY=sk-…\n'],
];

/** Whether the page comes from the computer that it is shown on. */
export const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname);

/** How that computer is called from here. */
export const place = say(isHere ? 'place_here' : 'place_there');

/** @param {string} name */
const embedded = (name) => name.startsWith('embedded');

/** Whether nothing but what is built in answers. @param {any} able */
export function isLocal(able) {
  return STAGES.every((stage) => embedded(able.engines[stage]));
}

/**
 * Whether what is built in could answer instead of those who are set, a clip that lasts so long.
 * @param {any} able @param {number} seconds
 */
export function hasOwn(able, seconds) {
  return able.own_engines && !isLocal(able) && seconds <= able.own_engines.audio_seconds;
}

/** The server as it is while what is built in stands in. @param {any} able */
export function standingIn(able) {
  const { audio_seconds, ...engines } = able.own_engines;
  return { ...able, engines, limits: { ...able.limits, audio_seconds } };
}

/** How the header names who answers. @param {any} able @returns {{text: string, short: string, model: boolean}} */
export function pill(able) {
  const models = STAGES.map((stage) => able.engines[stage]).filter((name) => !embedded(name));
  if (models.length) {
    const named = embedded(able.engines.thinking) ? models[0] : able.engines.thinking;
    const name = named.split('/').slice(1).join('/') || named;
    return { text: name, short: name, model: true };
  }
  return isHere
    ? { text: say('pill_here'), short: say('pill_here_short'), model: false }
    : { text: say('pill_there'), short: say('pill_there_short'), model: false };
}

/**
 * Fills the sheet.
 * @param {any} able @param {() => void} [back] Has those answer again who are set, if others stand in.
 */
export function describe(able, back) {
  const rows = STAGES.map((stage) => {
    const name = able.engines[stage];
    const text = embedded(name)
      ? say(`engine_${stage}_embedded`, { place })
      : say('engine_model', { name });
    return element('div', { className: 'setting' }, element('h3', {}, say(stage)), element('p', {}, text));
  });
  const kept = able.recordings?.clips ? 'kept_clips' : 'kept_words';
  byId('engines-body').replaceChildren(
    ...(back ? [standsIn(back)] : []),
    ...rows,
    element('p', { className: 'setting note' }, say(kept, { place })),
    ...(!back && isLocal(able) ? connect() : []),
    ...(back ? [] : trial()),
  );
}

/** @param {() => void} back */
function standsIn(back) {
  const down = element('button', { className: 'button strong', type: 'button', onclick: back }, say('stand_down'));
  const words = element('p', {}, say('stands_in', { place }));
  return element('div', { className: 'setting' }, words, element('div', { className: 'pair' }, down));
}

function connect() {
  const panel = element('div', { id: 'connect-panel', role: 'tabpanel' });
  const show = (/** @type {number} */ chosen) => {
    const [, lines] = WAYS[chosen];
    const button = element(
      'button',
      { className: 'button', type: 'button', onclick: () => copy(button, lines, say('copied')) },
      icon('copy'),
      element('span', {}, say('copy')),
    );
    panel.replaceChildren(element('pre', { tabIndex: 0 }, lines.trim()), button);
    tabs.forEach((tab, at) => {
      tab.setAttribute('aria-selected', String(at === chosen));
      tab.tabIndex = at === chosen ? 0 : -1;
    });
  };
  const tabs = WAYS.map(([name], at) =>
    element(
      'button',
      {
        className: 'quiet',
        type: 'button',
        role: 'tab',
        'aria-controls': 'connect-panel',
        onclick: () => show(at),
        onkeydown: (/** @type {KeyboardEvent} */ event) => {
          if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return;
          const next = (at + 1) % WAYS.length;
          show(next);
          tabs[next].focus();
        },
      },
      name,
    ));
  show(0);
  return [
    element('h3', { id: 'connect-title' }, say('connect')),
    element('p', {}, say('connect_how')),
    element('div', { className: 'tabs', role: 'tablist', 'aria-labelledby': 'connect-title' }, ...tabs),
    panel,
  ];
}

/** Tries each stage for real. */
function trial() {
  const list = element('dl', {});
  const button = element(
    'button',
    {
      className: 'button',
      type: 'button',
      onclick: async () => {
        button.disabled = true;
        list.replaceChildren();
        /** @type {Blob|null} */
        let spoken = null;
        await tried(list, 'speaking', async () => (spoken = await sample('', 'What time is it now?', 1)));
        if (spoken) await tried(list, 'hearing', () => hear(/** @type {any} */ (spoken)));
        else list.append(element('dt', {}, say('hearing')), element('dd', {}, say('test_not_tried')));
        await tried(list, 'thinking', () => answered('Hello.'));
        button.disabled = false;
      },
    },
    icon('again'),
    element('span', {}, say('test_stages')),
  );
  return [element('div', { className: 'setting' }, button, element('div', { className: 'trial', role: 'status' }, list))];
}

/** @param {HTMLElement} list @param {string} stage @param {() => Promise<any>} attempt */
async function tried(list, stage, attempt) {
  const result = element('dd', {}, say('test_running'));
  list.append(element('dt', {}, say(stage)), result);
  const began = performance.now();
  try {
    await attempt();
    const seconds = inSeconds((performance.now() - began) / 1000, { fine: true });
    result.textContent = say('test_ok', { seconds });
  } catch (error) {
    result.textContent = inWords(Problem.of(error));
  }
}
