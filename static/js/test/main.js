/** The testers' page: puts its rooms together. */

import { looks } from '../common/looks.js';
import { capabilities } from '../common/server.js';
import { Checks } from './checks.js';
import { Clips } from './clips.js';
import { intake } from './intake.js';
import { Renderings } from './renderings.js';

/** How long a clip may be where the server does not say, in seconds. */
const LONGEST = 30;

/** What the server allows, once it has said so. @type {any} */
let limits = {};
capabilities().then((able) => (limits = able.limits), () => {});

const clips = new Clips({
  changed: () => renderings.refresh(),
  use: (card) => renderings.use(card),
});
const renderings = new Renderings(() => clips.cards);
intake((files) => clips.bring(files), () => limits.audio_seconds ?? LONGEST);
new Checks();

looks();
