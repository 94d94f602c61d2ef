/** The page on which one talks: puts its rooms together. */

import { byId, element } from '../common/dom.js';
import { files } from '../common/files.js';
import { logIn } from '../common/log-in.js';
import { looks } from '../common/looks.js';
import * as server from '../common/server.js';
import { change, current, follow } from '../common/settings.js';
import { drawn, language, say } from '../common/words.js';
import { choices } from './choices.js';
import { Dock } from './dock.js';
import { describe, hasOwn, isLocal, pill, standingIn } from './engines.js';
import { listenToGestures } from './gestures.js';
import { Presses } from './presses.js';
import { Rail } from './rail.js';
import { Stage } from './stage.js';
import { Talk } from './talk.js';

/** What the server is able to do, once it has said so. @type {any} */
let able = null;
/** From where earlier turns can be read. */
let earlier = '';
/** Which address is on the stage. */
let shown = location.pathname;
/** Whether it could not be read, since the server was away. */
let missing = false;
/** Counts how often the page was named: what was read before is out of date. */
let namings = 0;
/** Counts arrivals: what was read for one before is not shown. */
let visits = 0;

looks();
const dock = new Dock();
const stage = new Stage(dock.canvas, {
  play: (view, share) => talk.play(view, share),
  correct: (words) => talk.type(words),
  rate: (rate) => talk.replayAt(rate),
  hear: (clip, sounding) => talk.playClip(clip, sounding),
});
const talk = new Talk(dock, stage, {
  limits: () => answering()?.limits ?? {},
  // Made for the rate that sound comes in, the player need not make it anew.
  rate: () => (able?.engines.speaking.startsWith('embedded') ? 16_000 : 24_000),
  answered: (told) => {
    const address = `/c/${told.conversation_id}`;
    const first = location.pathname !== address;
    if (first) history.pushState({}, '', address);
    shown = address;
    rail.show(told.conversation_id);
    rail.refresh().then(() => title());
    if (otherThanShown(told)) learn();
    suggest(told);
  },
  elsewhere: (told) => {
    rail.refresh();
    if (otherThanShown(told)) learn();
    if (told.conversation_id === talk.conversation) stage.showLater(told);
  },
  // Nothing is said to those whom the page does not name.
  asks: () => learn(),
  away: offline,
  back: (shown) => {
    learn();
    rail.refresh();
    if (!shown) return;
    if (missing || stage.empty) arrive();
    else talk.recallUnsent();
  },
  go: (conversation) => open(conversation),
  speakAgain: () => presses.press(),
  ownEngines: (seconds) => able !== null && hasOwn(able, seconds),
  standIn,
});
const presses = new Presses(talk, dock);
const rail = new Rail({
  open,
  renamed: title,
  stranger: () => {
    dock.tell(say('trouble_unauthenticated'), logIn());
  },
});

listenToGestures(dock.button, byId('stage'), presses);
byId('shut').addEventListener('click', () => {
  talk.deaf();
  dock.button.focus();
});

// Words by hand.

const text = byId('text');
byId('type').addEventListener('submit', (/** @type {Event} */ event) => {
  event.preventDefault();
  const words = text.value.trim();
  if (!words) return;
  text.value = '';
  talk.type(words);
});
byId('open-type').addEventListener('click', () => {
  const typing = document.body.classList.toggle('typing');
  byId('open-type').setAttribute('aria-expanded', String(typing));
  if (typing) text.focus();
});

// Sound by file.

files(byId('choose'), byId('file'), ([file]) => talk.bring(file));

// Hands-free, and what else is set.

const handsFree = byId('hands-free');
handsFree.addEventListener('click', () => {
  change({ handsFree: !current().handsFree });
  if (current().handsFree) talk.handsFree();
  else talk.endHandsFree();
});
follow((settings) => {
  handsFree.setAttribute('aria-pressed', String(settings.handsFree));
  dock.handsFree = settings.handsFree;
  if (dock.state === 'idle') dock.show('idle');
  dock.line.refresh();
});

// Sheets.

for (const [button, sheet] of [['open-settings', 'settings'], ['open-engines', 'engines']]) {
  byId(button).addEventListener('click', () => {
    // What is said while a sheet lies over the page is not for the assistant.
    talk.deaf();
    byId(sheet).showModal();
  });
}
for (const dialog of document.querySelectorAll('dialog')) {
  dialog.addEventListener('click', ({ target, clientX, clientY }) => {
    const close = target instanceof Element && target.closest('[data-close]');
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    const inside = clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
    if (close || (target === dialog && !inside)) dialog.close();
  });
}

// Conversations.

byId('earlier').addEventListener('click', () => recall(/** @type {string} */ (talk.conversation)));
window.addEventListener('popstate', () => {
  // Links within the page change nothing.
  if (location.pathname !== shown) arrive();
});

/** Shows this conversation, or none. @param {string|null} id */
async function open(id) {
  const address = id ? `/c/${id}` : '/';
  if (location.pathname !== address) history.pushState({}, '', address);
  else if (id && !missing) return;
  await arrive();
}

/** Shows what the address says. */
async function arrive() {
  const id = /^\/c\/([^/]+)/.exec(location.pathname)?.[1] ?? null;
  const mine = (visits += 1);
  shown = location.pathname;
  talk.leave();
  talk.conversation = id;
  earlier = '';
  missing = false;
  stage.clear({ welcome: !id });
  byId('next').hidden = true;
  byId('earlier').hidden = true;
  rail.show(id);
  title(id, '');
  if (id) await recall(id);
  if (mine === visits) await talk.recallUnsent();
}

/** Reads turns of this conversation, from where it was read to. @param {string} id */
async function recall(id) {
  const [mine, from] = [visits, earlier];
  try {
    const listed = await server.turns(id, from);
    if (mine !== visits || from !== earlier) return;
    stage.showEarlier(listed.data);
    earlier = listed.next_cursor ?? '';
    const earlierButton = byId('earlier');
    if (!earlier && document.activeElement === earlierButton) byId('stage').focus();
    earlierButton.hidden = !earlier;
    title();
  } catch (error) {
    if (mine !== visits) return;
    const problem = /** @type {any} */ (error);
    if (!from) stage.clear();
    if (problem.code === 'unknown_conversation') {
      talk.conversation = null;
      const begin = element('a', { className: 'button', href: '/' }, say('begin_new'));
      dock.tell(say('trouble_unknown_conversation'), begin);
    } else if (problem.code === 'unauthenticated') location.assign('/login');
    else if (problem.code === 'unreachable') {
      missing = true;
      talk.lost();
    } else dock.tell(problem.message);
  }
}

/** Names the page after its conversation. @param {string|null} [id] @param {string} [name] */
async function title(id = talk.conversation, name) {
  if (id !== talk.conversation) return;
  const mine = (namings += 1);
  const known = name ?? (id ? (await server.conversation(id).catch(() => null))?.title : '');
  if (mine !== namings || id !== talk.conversation) return;
  const words = known || '';
  byId('title').textContent = words;
  byId('heading').textContent = words || drawn.name;
  document.title = words ? `${words} · Repartee` : 'Repartee';
}

// What one might say.

/** @param {string} words */
function take(words) {
  talk.type(words);
  byId('stage').focus();
}

for (const chip of document.querySelectorAll('#chips button')) {
  chip.addEventListener('click', () => take(chip.textContent ?? ''));
}

/** Words as they are compared: hearing spells as it likes. @param {string} words */
const plain = (words) => words.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim();

/** What one might say next, to whoever has no language model. @param {any} told */
function suggest(told) {
  const said = new Set(Array.from(document.querySelectorAll('.said'), (one) => plain(one.textContent ?? '')));
  const coffee = /\bcoffee\b/i.test(told.transcript ?? '');
  const known = [...(able?.suggestions ?? []), say('chip_time')].filter((words) => !said.has(plain(words)));
  const words = [coffee && say('chip_after_coffee'), ...known, say('chip_after_any')].filter(Boolean).slice(0, 2);
  const chips = words.map((words) =>
    element('button', { className: 'button', type: 'button', lang: 'en', onclick: () => take(words) }, words));
  const next = byId('next');
  next.hidden = !able || !isLocal(answering());
  next.replaceChildren(...chips, ...(told.warnings?.includes('unanswered') ? unanswered() : []));
}

/** What helps whoever was not understood, or asked for too much. @returns {Node[]} */
function unanswered() {
  const link = (/** @type {string} */ name, /** @type {() => void} */ onclick) =>
    element('button', { className: 'quiet', type: 'button', onclick }, say(name));
  // What was typed is what was meant.
  const heard = byId('turns').querySelector('.turn:last-child .you:has(.player) .words');
  return [
    heard ? link('correct', () => heard.click()) : '',
    link('connect', () => byId('open-engines').click()),
  ].filter((one) => one instanceof Node);
}

// Who answers.

/** When it is asked again. */
let again = 0;

/** Asks the server what it is: at first, when it is back, and when others have answered. */
async function learn() {
  clearTimeout(again);
  try {
    able = await server.capabilities();
  } catch (error) {
    offline();
    if (/** @type {any} */ (error).code === 'unreachable') talk.lost();
    again = window.setTimeout(learn, 3000);
    return;
  }
  // What was built in may be gone, or be all there is.
  if (!able.own_engines) talk.standsIn = false;
  introduce();
  choices(able);
}

/** Nothing can be said of a server that is away. */
function offline() {
  byId('pill').textContent = say('pill_offline');
  byId('open-engines').toggleAttribute('data-known', true);
}

/** Whether others have answered than those the page names. @param {any} told */
function otherThanShown({ engines = {} }) {
  const known = answering()?.engines;
  return Object.entries(engines).some(([stage, name]) => name && name !== known?.[stage]);
}

/** The server as it answers just now. */
function answering() {
  return able && talk.standsIn ? standingIn(able) : able;
}

/** Shows who answers. */
function introduce() {
  const shown = answering();
  const { text: long, short, model } = pill(shown);
  byId('pill').replaceChildren(
    element('span', { className: 'long' }, long),
    element('span', { className: 'short' }, short),
  );
  byId('open-engines').toggleAttribute('data-known', true);
  byId('open-engines').toggleAttribute('data-model', model);
  const back = () => {
    byId('engines').close();
    standIn(false);
  };
  describe(shown, talk.standsIn ? back : undefined);
  // Whoever reads another language has to be told in time.
  byId('english-only').hidden = !isLocal(shown) || language === 'en';
}

/** What is built in answers for now, or those again who are set. @param {boolean} on */
function standIn(on) {
  talk.standsIn = on;
  introduce();
}

window.addEventListener('online', () => talk.network(true));
window.addEventListener('offline', () => talk.network(false));
navigator.serviceWorker?.register('/service-worker.js').catch(() => {});

// Much may have changed while nobody looked.
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && learn());

learn();
arrive();
