/** Sound that is played once, apart from conversations: one at a time. */

/** @type {{sound: Blob, player: HTMLAudioElement, shown: (sounds: boolean) => void}|null} */
let playing = null;

/**
 * Plays it, or ends it if it sounds already. Says whether that could be done.
 * @param {Blob} sound @param {(sounds: boolean) => void} [shown] Told when it begins and ends.
 */
export async function playOnce(sound, shown = () => {}) {
  const again = playing?.sound === sound;
  hush();
  if (again) return true;
  const player = new Audio(URL.createObjectURL(sound));
  const mine = { sound, player, shown };
  playing = mine;
  player.onended = () => playing === mine && hush();
  shown(true);
  try {
    await player.play();
    return true;
  } catch {
    // Ended before it began, it was not wanted any more.
    if (playing !== mine) return true;
    hush();
    return false;
  }
}

/** Ends what is played. */
export function hush() {
  if (!playing) return;
  const { player, shown } = playing;
  playing = null;
  player.pause();
  URL.revokeObjectURL(player.src);
  shown(false);
}
