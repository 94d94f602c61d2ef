/**
 * How the button is pressed: a tap switches, holding talks for as long as it is held. By pointer,
 * by the space bar, by Enter, and by whatever else clicks.
 */

/** A shorter press is a tap. */
const TAP_MS = 300;
/** Whoever holds for less than this wanted a tap, or does not know yet that one holds. */
const HOLD_MS = 500;
/** How far a finger slides away to discard, in pixels. */
const AWAY = 90;

/**
 * @typedef {object} Hands What presses mean.
 * @property {() => void} down The button went down.
 * @property {() => void} tap It came up again at once.
 * @property {(byKey: boolean) => void} held It is being held.
 * @property {() => void} short It was held, but too short to say anything.
 * @property {() => void} up It was held and let go.
 * @property {(away: boolean) => void} slide The finger slid away, or came back.
 * @property {() => void} discard It was let go somewhere else.
 * @property {() => void} escape
 */

/** @param {HTMLElement} button @param {Hands} hands */
export function listenToGestures(button, hands) {
  let began = 0;
  let holding = 0;
  let away = false;

  const down = (byKey = false) => {
    clearTimeout(holding);
    began = performance.now();
    away = false;
    hands.down();
    holding = window.setTimeout(() => {
      holding = 0;
      hands.held(byKey);
    }, TAP_MS);
  };
  const up = () => {
    if (!began) return;
    const pressed = performance.now() - began;
    began = 0;
    if (holding) {
      clearTimeout(holding);
      holding = 0;
      hands.tap();
    } else if (away) hands.discard();
    else if (pressed < HOLD_MS) hands.short();
    else hands.up();
  };

  button.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    down();
  });
  button.addEventListener('pointermove', (event) => {
    if (!began || holding) return;
    const { left, top, width, height } = button.getBoundingClientRect();
    const far = Math.hypot(event.clientX - left - width / 2, event.clientY - top - height / 2);
    if (far > AWAY !== away) {
      away = far > AWAY;
      hands.slide(away);
    }
  });
  button.addEventListener('pointerup', up);
  button.addEventListener('pointercancel', () => {
    if (!began) return;
    began = 0;
    clearTimeout(holding);
    holding = 0;
    hands.discard();
  });
  button.addEventListener('contextmenu', (event) => event.preventDefault());
  button.addEventListener('keydown', (event) => {
    // Held down, it would click over and over.
    if (event.key === 'Enter' && event.repeat) event.preventDefault();
  });
  // What is neither a pointer nor the space bar clicks: Enter, and tools that read screens.
  button.addEventListener('click', (event) => {
    if (event.detail > 0) return;
    hands.down();
    hands.tap();
  });

  let spaceDown = false;
  document.addEventListener('keydown', (event) => {
    if (document.querySelector('dialog[open], [popover].menu') || event.isComposing) return;
    const typing = event.target instanceof Element && event.target.matches('input:not(#text)');
    if (event.key === 'Escape' && !event.defaultPrevented && !typing) hands.escape();
    if (event.key !== ' ' || !isFree(event.target, button)) return;
    event.preventDefault();
    if (event.repeat || spaceDown) return;
    spaceDown = true;
    down(true);
  });
  document.addEventListener('keyup', (event) => {
    if (event.key !== ' ' || !spaceDown) return;
    event.preventDefault();
    spaceDown = false;
    up();
  });
  window.addEventListener('blur', () => {
    if (!spaceDown) return;
    spaceDown = false;
    up();
  });
}

/** Whether the space bar means nothing else here. @param {EventTarget|null} target @param {Element} button */
function isFree(target, button) {
  if (!(target instanceof Element) || button.contains(target)) return true;
  return !target.closest('input, textarea, select, button, a, summary, [role="menuitem"]');
}
