import type { Door } from './door';
import { abortCase } from './abort-case';
import { answerGate } from './answer-gate';
import { acknowledgeCluster, disableCluster, enableCluster } from './control-cluster';
import { declareGone } from './declare-gone';
import { RequorumError } from '../../lib/recovery/errors';
import type { HttpAnswer, HttpEvent, Reply } from './http';
import { httpAnswer, refuse, refuseError } from './http';
import { log } from '../adapters/log';
import { makeLink } from './make-link';
import { postCase } from './post-case';
import { refreshInventory } from './refresh-inventory';
import { showCase } from './show-case';
import { showCluster } from './show-cluster';
import { showPeers } from './show-peers';

/** A request from a person that IAM has let in: `who` is the principal API Gateway names. */
export interface Request {
  readonly event: HttpEvent;
  readonly id: string;
  readonly who: string;
}
type Run = (door: Door, request: Request) => Promise<Reply>;

/** `{id}` stands for one segment. */
const ROUTES: readonly { readonly method: string; readonly path: string; readonly run: Run }[] = [
  { method: 'POST', path: '/cases', run: postCase },
  { method: 'GET', path: '/cases/{id}', run: showCase },
  { method: 'POST', path: '/cases/{id}/abort', run: abortCase },
  { method: 'GET', path: '/clusters/{id}', run: showCluster },
  { method: 'POST', path: '/clusters/{id}/inventory', run: refreshInventory },
  { method: 'POST', path: '/clusters/{id}/gone', run: declareGone },
  { method: 'POST', path: '/clusters/{id}/peers', run: showPeers },
  { method: 'POST', path: '/clusters/{id}/disable', run: disableCluster },
  { method: 'POST', path: '/clusters/{id}/enable', run: enableCluster },
  { method: 'POST', path: '/clusters/{id}/acknowledge', run: acknowledgeCluster },
  { method: 'POST', path: '/gates/{id}/answer', run: answerGate },
  { method: 'POST', path: '/links', run: makeLink },
];

/** A named stage stands in front of the path, `$default` does not. */
const segmentsOf = ({ rawPath, requestContext: { stage } }: HttpEvent): string[] => {
  const segments = rawPath.split('/').filter((segment) => segment !== '');
  return segments[0] === stage ? segments.slice(1) : segments;
};

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new RequorumError('BadInput', `the path has a segment that is not URI-encoded: ${segment}`);
  }
};

/** The value of `{id}`, empty where the path has none; null when the path is another one. */
const idIn = (path: string, segments: readonly string[]): string | null => {
  const expected = path.split('/').slice(1);
  if (expected.length !== segments.length) return null;
  const fits = expected.every((part, index) => part === '{id}' || part === segments[index]);
  return fits ? decoded(segments[expected.indexOf('{id}')] ?? '') : null;
};

const reply = async (door: Door, event: HttpEvent): Promise<Reply> => {
  const who = event.requestContext.authorizer?.iam?.userArn;
  if (who === undefined) {
    return refuse(
      403,
      'NotAuthorised',
      'the request is not signed by an IAM principal',
      'sign it: use the requorum CLI',
    );
  }
  const { method } = event.requestContext.http;
  const segments = segmentsOf(event);
  for (const route of ROUTES) {
    const id = route.method === method ? idIn(route.path, segments) : null;
    if (id !== null) return route.run(door, { event, id, who });
  }
  return refuse(
    404,
    'UnknownRoute',
    `nothing answers ${method} /${segments.join('/')}`,
    'see docs/cli.md for what the CLI asks',
  );
};

/** Every request gets an answer with a code, a sentence and a next step; none ends in an empty 500. */
export const route = async (door: Door, event: HttpEvent): Promise<HttpAnswer> => {
  try {
    return httpAnswer(await reply(door, event));
  } catch (thrown) {
    const error = RequorumError.from(thrown);
    const refused = refuseError(error);
    if (refused.status >= 500) log.error(error.detail, error);
    else log.info('refused', { code: error.code, detail: error.detail });
    return httpAnswer(refused);
  }
};
