import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import { decideGate } from '../../lib/recovery/gate-decision';
import { Answer } from '../../lib/recovery/gate';
import type { Inventory } from '../../lib/recovery/survey';
import type { RecordedCase, RecordedView } from './recorded-cases';

/*
 * Plays the routes of the door for tests of the CLI, in this process and on loopback:
 * - every request must be signed for execute-api with the secret below, as it was sent, or gets 403;
 * - an opened case plays a recorded one: each GET shows the next view; a view whose gate is open stays until answered;
 * - an answer is judged by the same decision as at the real door.
 */

export const SECRET = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'for-tests-only', region: 'eu-west-1' } as const;
const PREFIX = '/_aws/execute-api/abc123/$default';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const escaped = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** Signature Version 4, computed a second time from what arrived on the wire. */
const isSigned = (request: IncomingMessage, body: string): boolean => {
  const read = /Credential=([^/]+)\/(\d+)\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)/.exec(
    request.headers.authorization ?? '',
  );
  if (read === null) return false;
  const [, key = '', day = '', region = '', service = '', names = '', signature = ''] = read;
  const [path = '', search = ''] = (request.url ?? '').split('?');
  const canonical = [
    request.method,
    path.split('/').map(escaped).join('/'),
    search.split('&').sort().join('&'),
    ...names.split(';').map((name) => `${name}:${String(request.headers[name])}`),
    '',
    names,
    sha256(body),
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', String(request.headers['x-amz-date']), scope, sha256(canonical)].join('\n');
  const signing = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (derived, part) => hmac(derived, part),
    `AWS4${SECRET.secretAccessKey}`,
  );
  const expected = hmac(signing, toSign).toString('hex');
  return key === SECRET.accessKeyId && region === SECRET.region && service === 'execute-api' && signature === expected;
};

interface Reply {
  readonly status: number;
  readonly body: unknown;
}
const refusal = (status: number, error: string, says: string, nextStep: string): Reply => ({
  status,
  body: { error, says, nextStep },
});

interface Playing {
  readonly recorded: RecordedCase;
  views: readonly RecordedView[];
  at: number;
}

const OpenRequest = z.object({ cluster: z.string(), mode: z.enum(['plan', 'recover']) });

export class FakeDoor {
  readonly answers: Answer[] = [];
  readonly aborts: { readonly caseId: string; readonly reason: string }[] = [];
  readonly opened: z.infer<typeof OpenRequest>[] = [];
  /** Requests that came without a good signature. */
  unsigned = 0;
  /** Answers 503 this many times, as a gateway does when a function is not there yet. */
  stumbles = 0;
  inventory: Inventory | null = null;
  refreshed = 0;
  private readonly cases = new Map<string, Playing>();
  private readonly known = new Map<string, RecordedCase>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FakeDoor> {
    const server = createServer();
    const door = new FakeDoor(server);
    server.on('request', (request, response) => void door.serve(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return door;
  }

  get endpoint(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}${PREFIX}`;
  }

  /** What the next case of this cluster will play. */
  play(cluster: string, recorded: RecordedCase): void {
    this.known.set(cluster, recorded);
  }

  /** A case that is there already, opened by somebody else. */
  have(recorded: RecordedCase): void {
    this.cases.set(recorded.caseId, { recorded, views: recorded.views, at: -1 });
    this.known.set(recorded.cluster, recorded);
  }

  /** Somebody else answers the gate that is open now. */
  answeredElsewhere(caseId: string, decision: 'approve' | 'decline'): void {
    const playing = this.cases.get(caseId);
    if (playing !== undefined) this.settle(playing, decision);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { status, body: answer } = this.reply(request, body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  private reply(request: IncomingMessage, body: string): Reply {
    if (!isSigned(request, body)) {
      this.unsigned += 1;
      return { status: 403, body: { message: 'Forbidden' } };
    }
    if (this.stumbles > 0) {
      this.stumbles -= 1;
      return { status: 503, body: { message: 'Service Unavailable' } };
    }
    const path = (request.url ?? '').split('?')[0]?.slice(PREFIX.length) ?? '';
    const [, kind = '', id = '', verb = ''] = path.split('/');
    const input: unknown = body === '' ? null : JSON.parse(body);
    switch (`${request.method} ${kind} ${verb}`.trim()) {
      case 'POST cases':
        return this.open(OpenRequest.parse(input));
      case 'GET cases':
        return this.look(id);
      case 'POST cases abort':
        this.aborts.push({ caseId: id, ...z.object({ reason: z.string() }).parse(input) });
        return { status: 202, body: { caseId: id } };
      case 'POST gates answer':
        return this.answer(id, Answer.parse(input));
      case 'GET clusters':
        return this.cluster(id);
      case 'POST clusters inventory':
        this.refreshed += 1;
        return { status: 202, body: {} };
      default:
        return { status: 404, body: { message: 'Not Found' } };
    }
  }

  private open(request: z.infer<typeof OpenRequest>): Reply {
    this.opened.push(request);
    const recorded = this.known.get(request.cluster);
    if (recorded === undefined) {
      return refusal(
        404,
        'UnknownCluster',
        `no cluster ${request.cluster} is configured`,
        'compare the name with `clusters` in requorum.yaml',
      );
    }
    this.cases.set(recorded.caseId, { recorded, views: recorded.views, at: -1 });
    return { status: 202, body: { caseId: recorded.caseId, executionArn: 'arn:aws:states:eu-west-1:1:execution:m:x' } };
  }

  private look(caseId: string): Reply {
    const playing = this.cases.get(caseId);
    if (playing === undefined) {
      return refusal(
        404,
        'UnknownCase',
        `there is no case ${caseId}`,
        'list the cases: requorum watch --cluster <name>',
      );
    }
    const waits = playing.views[playing.at]?.gate?.status === 'open';
    if (!waits) playing.at = Math.min(playing.at + 1, playing.views.length - 1);
    return { status: 200, body: playing.views[playing.at] };
  }

  private cluster(name: string): Reply {
    const recorded = this.known.get(name);
    if (recorded === undefined) return refusal(404, 'UnknownCluster', `no cluster ${name} is configured`, '');
    const playing = this.cases.get(recorded.caseId);
    const open = playing?.views[playing.at]?.case.status === 'open' || playing?.at === -1;
    const caseId = playing === undefined ? null : recorded.caseId;
    return {
      status: 200,
      body: { cluster: name, lease: null, inventory: this.inventory, openCase: open ? caseId : null, lastCase: caseId },
    };
  }

  private answer(gateId: string, answer: Answer): Reply {
    this.answers.push(answer);
    const playing = [...this.cases.values()].find(({ views, at }) => views[at]?.gate?.gateId === gateId);
    const gate = playing?.views[playing.at]?.gate ?? null;
    if (playing === undefined || gate === null) return refusal(404, 'UnknownGate', 'there is no gate with that id', '');
    const decided = decideGate(gate, answer, { who: gate.requester, door: 'cli', now: gate.openedAt });
    switch (decided.kind) {
      case 'refused':
        return refusal(422, decided.code, decided.says, `look at the plan again: requorum watch --case ${gate.caseId}`);
      case 'pending':
        return { status: 202, body: { gate: decided.gate } };
      case 'accepted':
        this.settle(playing, answer.decision);
        return { status: 200, body: { gate: decided.gate } };
    }
  }

  private settle(playing: Playing, decision: Answer['decision']): void {
    playing.views = decision === 'decline' ? playing.recorded.whenDeclined : playing.recorded.whenApproved;
    playing.at = -1;
  }
}
