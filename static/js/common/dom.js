/** Making elements, briefly. */

/**
 * An element with these properties, attributes (those with a dash, and `role`) and children.
 * @param {string} tag @param {Record<string, any>} [properties]
 * @param {...(Node|string|null|undefined|false)} children
 * @returns {any}
 */
export function element(tag, properties = {}, ...children) {
  /** @type {any} */
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (name.includes('-') || name === 'role' || name === 'for') made.setAttribute(name, value);
    else made[name] = value;
  }
  for (const child of children) if (child || child === '') made.append(child);
  return made;
}

/** The element with this id. @param {string} id @returns {any} */
export function byId(id) {
  return document.getElementById(id);
}

/** A picture from the page's own sheet. @param {string} name */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  return svg;
}

/** Lets a file be saved. @param {Blob|string} what @param {string} name */
export function save(what, name) {
  const address = typeof what === 'string' ? what : URL.createObjectURL(what);
  const link = element('a', { href: address, download: name });
  link.click();
  if (typeof what !== 'string') setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** How long something is told in passing. */
const TOLD_MS = 1600;

/** Copies text, and says on the button that it did. @param {HTMLElement} button @param {string} text @param {string} done */
export async function copy(button, text, done) {
  const label = button.querySelector('span') ?? button;
  const before = (button.dataset.label ??= label.textContent ?? '');
  label.textContent = (await toClipboard(text)) ? done : '—';
  setTimeout(() => (label.textContent = before), TOLD_MS);
}

/** Says whether it could be done. @param {string} text */
async function toClipboard(text) {
  if (navigator.clipboard) {
    return navigator.clipboard.writeText(text).then(() => true, () => false);
  }
  // Pages without https have no clipboard of their own.
  const field = element('textarea', { value: text, className: 'unseen' });
  (document.querySelector('dialog[open]') ?? document.body).append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  return copied;
}

/**
 * Says something in passing, above all else, with what can be done about it.
 * @param {string} text @param {{ways?: Node[], forMs?: number}} [how]
 * @returns {() => void} Takes it away.
 */
export function toast(text, { ways = [], forMs = 5000 } = {}) {
  const box = byId('toast');
  const told = element('span', {}, text);
  box.replaceChildren(told, ...ways);
  box.showPopover?.();
  const away = () => {
    if (!told.isConnected) return;
    box.hidePopover?.();
    box.replaceChildren();
  };
  setTimeout(away, forMs);
  return away;
}
