/** What this browser has been told to do. */

const KEY = 'repartee.settings';

/** @typedef {typeof USUAL} Settings */

const USUAL = {
  /** Who speaks; none: the server's choice. */
  voice: '',
  /** What is spoken; none: found out. */
  spoken: '',
  /** How fast answers are spoken. */
  speed: 1,
  /** Which pause ends what is said, in seconds. */
  pause: 1.2,
  /** Whether a tap listens until the next one, however long one pauses. */
  untilTap: false,
  /** Which microphone; none: the usual one. */
  device: '',
  /** `system`, `light` or `dark`. */
  theme: 'system',
  /** Whether the page listens by itself. */
  handsFree: false,
  /** Whether screen readers are told answers that are being spoken anyway. */
  announce: true,
};

/** @type {Settings} */
const settings = { ...USUAL };
try {
  Object.assign(settings, JSON.parse(localStorage.getItem(KEY) ?? '{}'));
} catch {
  // Browsers may forbid to keep anything: then nothing is kept.
}

/** @type {Set<(settings: Settings) => void>} */
const listeners = new Set();

/** @returns {Readonly<Settings>} */
export function current() {
  return settings;
}

/** @param {Partial<Settings>} changes */
export function change(changes) {
  Object.assign(settings, changes);
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // As above.
  }
  for (const listener of listeners) listener(settings);
}

// What is chosen on another page holds here as well.
window.addEventListener('storage', ({ key, newValue }) => {
  if (key !== KEY || !newValue) return;
  Object.assign(settings, JSON.parse(newValue));
  for (const listener of listeners) listener(settings);
});

/** Calls now and whenever a setting has changed. @param {(settings: Settings) => void} listener */
export function follow(listener) {
  listeners.add(listener);
  listener(settings);
}
