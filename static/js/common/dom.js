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

/** Copies text, and says on the button that it did. @param {HTMLElement} button @param {string} text @param {string} done */
export async function copy(button, text, done) {
  await navigator.clipboard.writeText(text);
  const label = button.querySelector('span') ?? button;
  const before = label.textContent;
  label.textContent = done;
  setTimeout(() => (label.textContent = before), 1600);
}
