/** The phases of the machine as a person reads them; events may carry the id or the title. */
const PHASES: Readonly<Record<string, string>> = {
  'open-case': 'Open case',
  survey: 'Survey',
  'make-plan': 'Make plan',
  'approve-plan': 'Approve plan',
  'look-again': 'Look again',
  'power-on': 'Power on',
  secure: 'Secure',
  // Fence and Hold run side by side; shown as one, or the list would jump to and fro.
  fence: 'Secure',
  hold: 'Secure',
  check: 'Check',
  'approve-restart': 'Approve restart',
  release: 'Release',
  'await-leader': 'Await leader',
  'remove-peers': 'Remove peers',
  verify: 'Verify',
  undo: 'Undo',
  'close-case': 'Close case',
};

/** The first phase that cannot be taken back. */
export const POINT_OF_NO_RETURN = 'Release';

/** Where a case that is planned again begins anew, the survey not always being told; and the phases it may come from. */
export const BEGINNINGS: ReadonlySet<string> = new Set(['Survey', 'Make plan']);
export const AFTER_IT: ReadonlySet<string> = new Set(['Power on', 'Await leader', 'Verify']);

export const titleOf = (phase: string): string => PHASES[phase.trim().toLowerCase().replaceAll(' ', '-')] ?? phase;

export const TITLE_WIDTH = Math.max(...Object.values(PHASES).map((title) => title.length));
