import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import type { Target } from '../../lib/recovery/boundary';
import type { IsLeaderProbe, LeaderProbe, MembersProbe } from '../../lib/recovery/survey';
import { ServerId } from '../../lib/recovery/ids';
import type { NoAnswer } from './no-answer';

const MAX_BODY_BYTES = 1024 * 1024;
/** Servers come first; agent nodes beyond this many are left out, because the machine's item is limited to 256 KB. */
const MAX_MEMBERS = 64;

type Answer = { readonly status: number; readonly body: string };

const failed = (detail: string): NoAnswer => ({ outcome: 'failed', detail: detail.slice(0, 300) });

const readBody = (response: IncomingMessage, path: string, end: (answer: Answer | NoAnswer) => void): void => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes > MAX_BODY_BYTES) end(failed(`GET ${path}: more than ${MAX_BODY_BYTES} bytes`));
  });
  response.on('end', () =>
    end({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8').trim() }),
  );
  response.on('error', (error) => end(failed(`GET ${path}: ${error.message}`)));
};

/** GET over a connection of its own: a kept one would hang on a server that died. Never rejects, ends by `deadline`. */
const get = ({ address, http: port }: Target, path: string, deadline: Date): Promise<Answer | NoAnswer> =>
  new Promise((resolve) => {
    // What cannot be asked at all (a port that cannot exist) throws here, before there is a request to end.
    const asked = (() => {
      try {
        return request({ host: address, port, path, method: 'GET', agent: new Agent({ keepAlive: false }) });
      } catch (thrown) {
        return thrown instanceof Error ? thrown : new Error(String(thrown));
      }
    })();
    if (asked instanceof Error) return resolve(failed(`GET ${path}: ${asked.message}`));
    const end = (answer: Answer | NoAnswer): void => {
      clearTimeout(timer);
      resolve(answer);
      asked.destroy();
    };
    const late: NoAnswer = { outcome: 'timed-out', detail: `GET ${path}: no answer by the deadline` };
    const timer = setTimeout(() => end(late), Math.max(0, deadline.getTime() - Date.now()));
    asked.on('response', (response) => readBody(response, path, end));
    asked.on('error', (error: NodeJS.ErrnoException) =>
      end(
        error.code === 'ECONNREFUSED'
          ? { outcome: 'refused', detail: error.message.slice(0, 300) }
          : failed(`GET ${path}: ${error.message}`),
      ),
    );
    asked.end();
  });

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const unexpected = (path: string, { status, body }: Answer): NoAnswer =>
  status === 404
    ? { outcome: 'absent', detail: `GET ${path}: 404` }
    : failed(`GET ${path}: ${status} ${body.slice(0, 100)}`);

const Tags = z.record(z.string(), z.string()).nullish();
const SerfMember = z.object({ Name: z.string(), Addr: z.string(), Tags, statusText: z.string().default('unknown') });
const LeaderBody = z.object({ Name: ServerId, Tags });

/**
 * Who `address` says leads. 500 (v3, v4) or an empty 200 (v2) with no member is an answer too: nobody.
 * 200 alone is no leader: without Tags.rpc_addr it names nobody (facts/dkron §11).
 */
export const leaderOf = async (target: Target, deadline: Date): Promise<z.infer<typeof LeaderProbe>> => {
  const answer = await get(target, '/v1/leader', deadline);
  if ('outcome' in answer) return answer;
  const { status, body } = answer;
  if (body === 'null' || (status === 200 && body === '')) return { outcome: 'answered', leader: null, status };
  const named = LeaderBody.safeParse(parseJson(body));
  if (status !== 200 || !named.success) return unexpected('/v1/leader', answer);
  return {
    outcome: 'answered',
    leader: { id: named.data.Name, rpcAddr: named.data.Tags?.['rpc_addr'] ?? null },
    status,
  };
};

/** Whether `address` itself leads. A follower says so with 404; a 404 that does not is a version without the route. */
export const isLeader = async (target: Target, deadline: Date): Promise<z.infer<typeof IsLeaderProbe>> => {
  const answer = await get(target, '/v1/isleader', deadline);
  if ('outcome' in answer) return answer;
  const { status, body } = answer;
  if (status === 200) return { outcome: 'answered', leads: true, status };
  if (status === 404 && body.includes('follower')) return { outcome: 'answered', leads: false, status };
  return unexpected('/v1/isleader', answer);
};

/** Gossip as `address` sees it; it lags, so it finds strangers and proves nothing alive (facts/dkron §2). */
export const membersOf = async (target: Target, deadline: Date): Promise<z.infer<typeof MembersProbe>> => {
  const answer = await get(target, '/v1/members', deadline);
  if ('outcome' in answer) return answer;
  const members = z.array(SerfMember).safeParse(parseJson(answer.body));
  if (answer.status !== 200 || !members.success) return unexpected('/v1/members', answer);
  const seen = members.data.map(({ Name, Addr, Tags: tags, statusText }) => ({
    name: Name.slice(0, 128),
    address: Addr,
    status: statusText,
    server: tags?.['server'] === 'true',
    rpcAddr: tags?.['rpc_addr'] ?? null,
  }));
  const serversFirst = seen.sort((a, b) => Number(b.server) - Number(a.server));
  return { outcome: 'answered', members: serversFirst.slice(0, MAX_MEMBERS) };
};
