/** Sound that is played once, apart from conversations. */

/** @param {Blob} sound */
export async function playOnce(sound) {
  const address = URL.createObjectURL(sound);
  const player = new Audio(address);
  player.onended = () => URL.revokeObjectURL(address);
  try {
    await player.play();
    return true;
  } catch {
    URL.revokeObjectURL(address);
    return false;
  }
}
