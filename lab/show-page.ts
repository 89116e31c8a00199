import { once } from 'node:events';
import { apiOf } from './door';
import type { Lab } from './lab';
import { frontOf, type PageFront } from './page-front';

type Say = (line: string) => void;

/** How a browser on this machine comes to the page: its name leads to the front, whose certificate nobody knows. */
export const browserFor = ({ host, port }: PageFront, url: string): string =>
  `chromium --user-data-dir="$(mktemp -d)" --ignore-certificate-errors --host-resolver-rules='MAP ${host}:443 127.0.0.1:${port}' '${url}'`;

/** The approval page by hand, for as long as this runs: a front with TLS, and a link as `requorum open` prints it. */
export async function showPage(lab: Lab, say: Say): Promise<void> {
  const front = await frontOf(lab);
  const { url, who, expiresAt } = await apiOf(lab).link(null);
  say(`The page is at ${front.origin} while this runs; Ctrl-C ends it.`);
  say(`This lets in ${who}, once, until ${expiresAt.slice(11, 19)}Z. As root, add --no-sandbox:`);
  say(`  ${browserFor(front, url)}`);
  say('For another link: npm run requorum -- open');
  await once(process, 'SIGINT');
  await front.close();
}
