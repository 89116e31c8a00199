import * as z from 'zod';
import { CaseId } from '../../lib/recovery/ids';
import { nowIso } from '../adapters/clock';
import { newSecret } from '../adapters/secrets';
import type { Door } from './door';
import { bodyOf } from './http';
import type { Reply } from './http';
import type { Request } from './routes';

const Body = z.object({ caseId: CaseId.nullable().default(null) });

/** Long enough to walk to another screen, too short to be found in a history. */
const LINK_MINUTES = 5;

/** A way onto the page for whoever signed this request, and for nobody else: it works once. */
export const makeLink = async (door: Door, { event, who }: Request): Promise<Reply> => {
  const { caseId } = bodyOf(event, Body);
  const secret = newSecret();
  const expiresAt = new Date(Date.parse(nowIso(door.clock)) + LINK_MINUTES * 60_000).toISOString();
  await door.links.make(secret, { who, caseId, expiresAt });
  const { domainName, stage } = event.requestContext;
  const base = `https://${domainName ?? ''}${stage === '$default' ? '' : `/${stage}`}`;
  return { status: 201, body: { url: `${base}/page/enter?link=${secret}`, who, expiresAt } };
};
