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
 * @property {() => void} brief The space bar did, elsewhere than on the button.
 * @property {(byKey: boolean) => void} held It is being held.
 * @property {() => void} short It was held, but too short to say anything.
 * @property {() => void} up It was held and let go.
 * @property {(away: boolean) => void} slide The finger slid away, or came back.
 * @property {() => void} discard It was let go somewhere else.
 * @property {() => void} escape
 */

/** @param {HTMLElement} button @param {HTMLElement} pane What the space bar scrolls. @param {Hands} hands */
export function listenToGestures(button, pane, hands) {
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
  const up = (elsewhere = false) => {
    if (!began) return;
    const pressed = performance.now() - began;
    began = 0;
    if (holding) {
      clearTimeout(holding);
      holding = 0;
      if (elsewhere) hands.brief();
      else hands.tap();
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
  button.addEventListener('pointerup', () => up());
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

  /** Whether the space bar is down, and where that began. @type {'button'|'elsewhere'|null} */
  let space = null;
  /** Runs out when it has been held long enough to be no scrolling. */
  let scrolls = 0;
  document.addEventListener('keydown', (event) => {
    if (document.querySelector('dialog[open], [popover].menu') || event.isComposing) return;
    const typing = event.target instanceof Element && event.target.matches('input:not(#text)');
    if (event.key === 'Escape' && !event.defaultPrevented && !typing) hands.escape();
    if (event.key !== ' ' || !isFree(event.target, button)) return;
    if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    const goesOn = space !== null;
    if (!goesOn) {
      if (event.repeat) return;
      space = event.target instanceof Node && button.contains(event.target) ? 'button' : 'elsewhere';
      // Whoever reads goes on by the space bar; it is only when held that it talks.
      if (space === 'elsewhere' && [pane, document.scrollingElement].some(goesFurther)) {
        scrolls = window.setTimeout(() => {
          scrolls = 0;
          down(true);
        }, TAP_MS);
        return;
      }
      down(true);
    }
    event.preventDefault();
  });
  const spaceUp = () => {
    const elsewhere = space === 'elsewhere';
    space = null;
    clearTimeout(scrolls);
    if (scrolls) scrolls = 0;
    else up(elsewhere);
  };
  document.addEventListener('keyup', (event) => {
    if (event.key !== ' ' || !space) return;
    event.preventDefault();
    spaceUp();
  });
  window.addEventListener('blur', () => space && spaceUp());
}

/** Whether there is more to be read below. @param {Element|null} pane */
function goesFurther(pane) {
  return pane !== null && pane.scrollTop + pane.clientHeight < pane.scrollHeight - 1;
}

/** Whether the space bar means nothing else here. @param {EventTarget|null} target @param {Element} button */
function isFree(target, button) {
  if (!(target instanceof Element) || button.contains(target)) return true;
  return !target.closest('input, textarea, select, button, a, summary, [role="menuitem"]');
}
