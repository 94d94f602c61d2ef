/** The rail: conversations, found, named, taken along, deleted. */

import { byId, element, icon, toast } from '../common/dom.js';
import * as server from '../common/server.js';
import { locale, say } from '../common/words.js';

/** How long a deletion can be taken back. */
const UNDO_MS = 6000;
/** How many are read at once. */
const PAGE = 30;
/** How long typing may pause before it is a search. */
const TYPED_MS = 200;

const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
const hour = new Intl.DateTimeFormat(locale, { timeStyle: 'short' });

/** @param {string} time */
function when(time) {
  const then = new Date(time);
  const today = new Date().toDateString() === then.toDateString();
  return (today ? hour : day).format(then);
}

export class Rail {
  #rail = byId('rail');
  #list = byId('conversations');
  #more = byId('more-conversations');
  #search = byId('search');
  #cursor = '';
  /** What the list was looked for by. */
  #query = '';
  #asked = 0;
  /** What will be deleted soon. @type {Map<string, {timer: number, title: string}>} */
  #going = new Map();
  /** @type {string|null} */
  #current = null;

  /** @param {{open: (id: string|null) => void, renamed: (id: string, title: string) => void,
   *   stranger: () => void}} hands */
  constructor(hands) {
    this.hands = hands;
    let typed = 0;
    this.#search.addEventListener('input', () => {
      clearTimeout(typed);
      typed = window.setTimeout(() => this.refresh(), TYPED_MS);
    });
    this.#more.addEventListener('click', () => this.#load(true));
    byId('open-rail').addEventListener('click', () => this.#open(true));
    byId('close-rail').addEventListener('click', () => this.#open(false));
    byId('begin').addEventListener('click', (/** @type {MouseEvent} */ event) => {
      this.#go(event, null);
    });
    // Before the others: what closes the rail stops nothing else.
    window.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !this.isOpen) return;
      if (this.#rail.querySelector('.menu') || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      this.#open(false);
    }, { capture: true });
    document.addEventListener('pointerdown', (event) => {
      const inside = event.target instanceof Node && this.#rail.contains(event.target);
      const menu = event.target instanceof Element && event.target.closest('.menu, dialog');
      if (this.isOpen && !inside && !menu) this.#open(false);
    });
    // Where there is room for it, it lies over nothing.
    matchMedia('(min-width: 1100px)').addEventListener('change', () => this.isOpen && this.#open(false));
    window.addEventListener('pagehide', () => this.#deleteNow());
    this.refresh();
  }

  /** Whether it lies over the page. */
  get isOpen() {
    return this.#rail.classList.contains('open');
  }

  /** @param {boolean} open */
  #open(open) {
    this.#rail.classList.toggle('open', open);
    byId('open-rail').setAttribute('aria-expanded', String(open));
    byId('room').inert = open;
    if (open) byId('close-rail').focus();
    else byId('open-rail').focus();
  }

  /** Reads its beginning again, where it changes. */
  refresh() {
    return this.#load(false);
  }

  /** Marks the one that is on the stage. @param {string|null} id */
  show(id) {
    this.#current = id;
    for (const link of this.#list.querySelectorAll('a')) {
      if (link.dataset.id === id) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
  }

  /** @param {boolean} more */
  async #load(more) {
    const mine = (this.#asked += 1);
    const query = this.#search.value.trim();
    const listed = await server
      .conversations({ query, limit: PAGE, cursor: more ? this.#cursor : '' })
      .catch((problem) => {
        if (problem.code === 'unauthenticated') this.hands.stranger();
      });
    if (!listed || mine !== this.#asked) return;
    const rows = listed.data
      .filter((/** @type {any} */ one) => !this.#going.has(one.conversation_id))
      .map((/** @type {any} */ one) => this.#row(one));
    const focused = this.#list.contains(document.activeElement) ? document.activeElement : null;
    const inRow = focused?.closest('li')?.dataset.id;
    const { scrollTop } = this.#rail;
    const keeps = !more && query === this.#query && listed.next_cursor;
    const older = keeps ? this.#older(listed.data) : [];
    if (more) this.#list.append(...rows);
    else this.#list.replaceChildren(...rows, ...older);
    this.#rail.scrollTop = query === this.#query ? scrollTop : 0;
    this.#query = query;
    if (focused && inRow) this.#focus(inRow, focused.tagName);
    if (!older.length) this.#cursor = listed.next_cursor ?? '';
    this.#more.hidden = !this.#cursor;
    const none = byId('no-conversations');
    none.hidden = this.#list.childElementCount > 0;
    none.textContent = query ? say('nothing_found', { query }) : say('no_conversations');
    this.show(this.#current);
  }

  /** What was shown after the last of these and is shown still. @param {any[]} listed @returns {Element[]} */
  #older(listed) {
    const ids = listed.map((one) => one.conversation_id);
    const shown = /** @type {HTMLElement[]} */ ([...this.#list.children]);
    const last = ids.map((id) => shown.findIndex((row) => row.dataset.id === id)).findLast((at) => at >= 0);
    return last === undefined ? [] : shown.slice(last + 1).filter((row) => !ids.includes(row.dataset.id));
  }

  /** @param {any} conversation */
  #row(conversation) {
    const id = conversation.conversation_id;
    const title = conversation.title ?? say('untitled');
    const link = element(
      'a',
      { href: `/c/${id}`, onclick: (/** @type {MouseEvent} */ event) => this.#go(event, id) },
      element('span', { dir: 'auto' }, title),
      element('small', {}, when(conversation.updated_at)),
    );
    link.dataset.id = id;
    const menu = element(
      'button',
      {
        className: 'quiet',
        type: 'button',
        'aria-label': say('conversation_menu', { title }),
        'aria-haspopup': 'menu',
        onclick: () => this.#menu(menu, id, title),
      },
      icon('more'),
    );
    const row = element('li', {}, link, menu);
    row.dataset.id = id;
    return row;
  }

  /** Puts the focus on a conversation, or on what is near it. @param {string} id @param {string} [tag] */
  #focus(id, tag = 'A') {
    const row = this.#list.querySelector(`li[data-id="${id}"]`);
    (row?.querySelector(tag) ?? byId('begin')).focus();
  }

  /** @param {MouseEvent} event @param {string|null} id */
  #go(event, id) {
    // Another tab is the browser's business.
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    if (this.isOpen) this.#open(false);
    this.hands.open(id);
  }

  /** What can be done with one. @param {HTMLElement} button @param {string} id @param {string} title */
  #menu(button, id, title) {
    const item = (/** @type {string} */ name, /** @type {string} */ glyph, /** @type {() => void} */ act) =>
      element(
        'button',
        { type: 'button', role: 'menuitem', onclick: () => (close(), act()) },
        icon(glyph),
        say(name),
      );
    const file = (/** @type {string} */ name, /** @type {'md'|'json'} */ format) =>
      element(
        'a',
        { role: 'menuitem', href: server.exported(id, format), download: '', onclick: () => close() },
        icon('download'),
        say(name),
      );
    const menu = element(
      'div',
      { className: 'menu', role: 'menu', popover: 'auto', 'aria-label': say('conversation_menu', { title }) },
      item('rename', 'rename', () => this.#rename(id, title)),
      file('export_md', 'md'),
      file('export_json', 'json'),
      item('delete', 'delete', () => this.#delete(id, title)),
    );
    const close = () => {
      menu.hidePopover?.();
      menu.remove();
      button.focus();
    };
    menu.addEventListener('toggle', (/** @type {any} */ event) => {
      if (event.newState !== 'closed') return;
      menu.remove();
      button.setAttribute('aria-expanded', 'false');
      if (document.activeElement === document.body) button.focus();
    });
    menu.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
      if (event.key === 'Tab') close();
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const items = [...menu.children];
      const at = items.indexOf(/** @type {Element} */ (document.activeElement));
      items[(at + step + items.length) % items.length].focus();
    });
    this.#rail.append(menu);
    menu.showPopover?.();
    button.setAttribute('aria-expanded', 'true');
    const place = button.getBoundingClientRect();
    const { width, height } = menu.getBoundingClientRect();
    menu.style.left = `${Math.max(8, Math.min(place.right - width, innerWidth - width - 8))}px`;
    menu.style.top = `${Math.max(8, Math.min(place.bottom, innerHeight - height - 8))}px`;
    menu.firstElementChild.focus();
  }

  /** @param {string} id @param {string} title */
  #rename(id, title) {
    const dialog = byId('rename');
    const field = byId('new-name');
    field.value = title;
    byId('rename-form').onsubmit = async () => {
      const name = field.value.trim();
      if (!name || name === title) return;
      try {
        const renamed = await server.rename(id, name);
        this.#list.querySelector(`li[data-id="${id}"]`)?.replaceWith(this.#row(renamed));
        this.hands.renamed(id, name);
      } catch {
        toast(say('not_renamed'));
      }
      await this.refresh();
      this.#focus(id);
    };
    dialog.showModal();
    field.select();
  }

  /** Deletes it in a while, unless that is taken back. @param {string} id @param {string} title */
  #delete(id, title) {
    const row = this.#list.querySelector(`li[data-id="${id}"]`);
    const next = row?.nextElementSibling;
    row?.remove();
    const shown = id === this.#current;
    const timer = window.setTimeout(() => {
      if (document.activeElement === undo) byId('begin').focus();
      away();
      this.#send(id);
    }, UNDO_MS);
    this.#going.set(id, { timer, title });
    const undo = element(
      'button',
      {
        type: 'button',
        onclick: async () => {
          clearTimeout(timer);
          this.#going.delete(id);
          away();
          if (shown) this.hands.open(id);
          if (row && next?.isConnected) next.before(row);
          else if (row) this.#list.append(row);
          await this.refresh();
          this.#focus(id);
        },
      },
      say('undo'),
    );
    const away = toast(say('deleted'), { ways: [undo], forMs: 2 * UNDO_MS });
    undo.focus();
    if (shown) this.hands.open(null);
  }

  /** @param {string} id */
  async #send(id) {
    const going = this.#going.get(id);
    if (!going) return;
    try {
      await server.remove(id);
    } catch (error) {
      if (/** @type {any} */ (error).status !== 404) {
        toast(say('not_deleted', { title: going.title }));
      }
    }
    this.#going.delete(id);
    this.refresh();
  }

  /** The page is going: so is what was to be deleted. */
  #deleteNow() {
    for (const [id, { timer }] of this.#going) {
      clearTimeout(timer);
      server.remove(id).catch(() => {});
    }
    this.#going.clear();
  }
}
