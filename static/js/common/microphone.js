/** The microphone: opened when asked for, and closed again. */

/** What browsers record, the best first. */
const KINDS = [
  'audio/webm;codecs=opus',
  'audio/ogg;codecs=opus',
  'audio/mp4;codecs=mp4a.40.2',
  'audio/mp4',
];

/** Speech needs no more, and the clip is on its way sooner. */
const BITS_PER_SECOND = 32_000;

/** How often a level is taken down, in milliseconds. */
export const LEVEL_EVERY_MS = 50;

/** How long the last piece of a recording may take. */
const LONGEST_END_MS = 2000;

/** Why there is no microphone: `denied`, `none`, `busy`, `insecure` or `unable`. */
export class NoMicrophone extends Error {
  /** @param {string} why */
  constructor(why) {
    super(why);
    this.why = why;
  }
}

/** @param {any} error */
function reason(error) {
  switch (error?.name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'none';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'unable';
  }
}

/** An open microphone. */
export class Microphone {
  #context;
  #meter;
  #samples;

  /**
   * Opens it; the browser may ask the user first.
   * @param {string} [device] Which; the usual one, if left out or gone.
   * @returns {Promise<Microphone>}
   */
  static async open(device) {
    if (!window.isSecureContext) throw new NoMicrophone('insecure');
    if (!navigator.mediaDevices || !window.MediaRecorder) throw new NoMicrophone('unable');
    const audio = {
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
      channelCount: 1,
      ...(device ? { deviceId: { ideal: device } } : {}),
    };
    let stream = null;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio });
      return new Microphone(stream);
    } catch (error) {
      for (const track of stream?.getTracks() ?? []) track.stop();
      throw new NoMicrophone(reason(error));
    }
  }

  /** @param {MediaStream} stream */
  constructor(stream) {
    this.stream = stream;
    this.#context = new AudioContext();
    this.#meter = this.#context.createAnalyser();
    this.#meter.fftSize = 1024;
    this.#samples = new Float32Array(this.#meter.fftSize);
    this.#context.createMediaStreamSource(stream).connect(this.#meter);
    this.#context.resume().catch(() => {});
  }

  /** Whether it hears; it stays open while it does not. @param {boolean} hears */
  set hears(hears) {
    for (const track of this.stream.getTracks()) track.enabled = hears;
  }

  /** How loud it is just now: the root of the mean square, from 0 to 1. */
  get level() {
    this.#meter.getFloatTimeDomainData(this.#samples);
    const power = this.#samples.reduce((sum, sample) => sum + sample * sample, 0);
    return Math.sqrt(power / this.#samples.length);
  }

  /** Which one it is. */
  get label() {
    return this.stream.getAudioTracks()[0]?.label ?? '';
  }

  /** Calls when it is taken away: unplugged, or no longer allowed. @param {() => void} gone */
  whenGone(gone) {
    this.stream.getAudioTracks()[0]?.addEventListener('ended', gone);
  }

  /** Takes down what is said from now on. @param {(level: number) => void} [heard] Told how loud it is. */
  record(heard) {
    return new Recording(this, heard);
  }

  /** Closes it; the browser's light goes out. */
  close() {
    for (const track of this.stream.getTracks()) track.stop();
    this.#context.close().catch(() => {});
  }
}

/** A clip while it is recorded. */
export class Recording {
  #recorder;
  /** @type {Blob[]} */
  #parts = [];
  #timer;

  /** @param {Microphone} microphone @param {(level: number) => void} [heard] */
  constructor(microphone, heard = () => {}) {
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    this.#recorder = new MediaRecorder(microphone.stream, {
      ...(mimeType ? { mimeType } : {}),
      audioBitsPerSecond: BITS_PER_SECOND,
    });
    this.#recorder.addEventListener('dataavailable', ({ data }) => this.#parts.push(data));
    this.#recorder.start(250);
    this.began = performance.now();
    /** How loud it was, one number each {@link LEVEL_EVERY_MS}. @type {number[]} */
    this.levels = [];
    this.#timer = setInterval(() => {
      const { level } = microphone;
      this.levels.push(level);
      heard(level);
    }, LEVEL_EVERY_MS);
  }

  /** How long it is by now. */
  get seconds() {
    return (performance.now() - this.began) / 1000;
  }

  /** How many bytes it has by now. */
  get bytes() {
    return this.#parts.reduce((sum, part) => sum + part.size, 0);
  }

  /** Ends it. @returns {Promise<Blob>} */
  async stop() {
    await this.#end();
    return new Blob(this.#parts, { type: this.#recorder.mimeType });
  }

  /** Throws it away. */
  discard() {
    this.#end();
    this.#parts = [];
  }

  /** @returns {Promise<void>} */
  #end() {
    clearInterval(this.#timer);
    if (this.#recorder.state === 'inactive') return Promise.resolve();
    const ended = new Promise((resolve) => {
      for (const end of ['stop', 'error']) {
        this.#recorder.addEventListener(end, () => resolve(undefined), { once: true });
      }
      // A device that was pulled out may never say that it has stopped.
      setTimeout(resolve, LONGEST_END_MS);
    });
    this.#recorder.stop();
    return ended;
  }
}

/** The microphones there are; without names until one was allowed. */
export async function microphones() {
  const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  return devices.filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId);
}
