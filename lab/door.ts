import { Api } from '../lib/cli/api';
import { signedSend } from '../lib/cli/signed-send';
import { CLUSTER } from './lab';
import type { Lab } from './lab';

/** The way to the door of a lab, signed as its root user. */
export function apiOf(lab: Lab): Api {
  const env = lab.env();
  const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID ?? '', secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '' };
  return new Api(signedSend({ endpoint: env.REQUORUM_ENDPOINT ?? '', region: env.AWS_REGION ?? '', credentials }));
}

/** Has the sentinel take the inventory now, instead of waiting for its schedule. */
export const refreshInventory = (lab: Lab): Promise<void> => apiOf(lab).refreshInventory(CLUSTER);
