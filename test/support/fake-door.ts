import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import type { Control } from '../../lib/recovery/control';
import type { Declaration } from '../../lib/recovery/declaration';
import type { Exclusion } from '../../lib/recovery/exclusion';
import { FREE } from '../../lib/recovery/control';
import { decideGate } from '../../lib/recovery/gate-decision';
import { Answer } from '../../lib/recovery/gate';
import { ServerId } from '../../lib/recovery/ids';
import type { Health } from '../../lib/recovery/health';
import type { Peers } from '../../lib/recovery/peers';
import type { Inventory } from '../../lib/recovery/survey';
import { GRACE, at } from './recorded-case';
import type { Answered, RecordedCase, RecordedView } from './recorded-case';
import { isSigned } from './signature';

/*
 * Plays the routes of the door for tests of the CLI, in this process and on loopback:
 * - every request must be signed for execute-api with the secret of signature.ts, as it was sent, or gets 403;
 * - an opened case plays a recorded one: each GET shows the next view; a view whose gate is open stays until answered;
 * - an answer is judged by the same decision as at the real door.
 */

const PREFIX = '/_aws/execute-api/abc123/$default';

interface Reply {
  readonly status: number;
  readonly body: unknown;
}
const refusal = (status: number, error: string, says: string, nextStep: string): Reply => ({
  status,
  body: { error, says, nextStep },
});

const unknownCluster = (name: string): Reply =>
  refusal(
    404,
    'UnknownCluster',
    `no cluster ${name} is configured`,
    'compare the name with `clusters` in requorum.yaml',
  );

interface Playing {
  views: readonly RecordedView[];
  at: number;
  /** What the next answer leads to. */
  answered: Answered;
}

/** Strict, so that a body which the real door would not understand fails here as well. */
const OpenRequest = z.strictObject({
  cluster: z.string(),
  mode: z.enum(['plan', 'recover']),
  retire: ServerId.optional(),
  readmit: ServerId.optional(),
  replace: ServerId.optional(),
});

const Gone = z.discriminatedUnion('gone', [
  z.strictObject({ gone: z.literal(true), server: ServerId, because: z.string().trim().min(1).max(500) }),
  z.strictObject({ gone: z.literal(false), server: ServerId }),
]);
const Disable = z.strictObject({ reason: z.string() });

export class FakeDoor {
  readonly answers: Answer[] = [];
  readonly aborts: { readonly caseId: string; readonly reason: string }[] = [];
  readonly opened: z.infer<typeof OpenRequest>[] = [];
  /** Requests that came without a good signature. */
  unsigned = 0;
  /** Answers 503 this many times, as a gateway does when a function is not there yet. */
  stumbles = 0;
  inventory: Inventory | null = null;
  health: Health | null = null;
  exclusions: Exclusion[] = [];
  declarations: Declaration[] = [];
  /** What the look before a declaration finds; null where it finds nothing against it. */
  seenOfDeclared: { readonly code: string; readonly says: string; readonly nextStep: string } | null = null;
  refreshed = 0;
  /** What the servers of each cluster say of each other. */
  readonly peers = new Map<string, Peers>();
  /** What was said about acting on each cluster; nothing at first. */
  readonly controls = new Map<string, Control>();
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
    this.begin(recorded);
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
      case 'POST links':
        return {
          status: 201,
          body: { url: 'https://page.test/page/enter?link=secret', who: GRACE, expiresAt: at(300) },
        };
      case 'POST gates answer':
        return this.answer(id, Answer.parse(input));
      case 'GET clusters':
        return this.cluster(id);
      case 'POST clusters inventory':
        this.refreshed += 1;
        return { status: 202, body: {} };
      case 'POST clusters gone':
        return this.gone(id, Gone.parse(input));
      case 'POST clusters peers':
        return this.showPeers(id);
      case 'POST clusters disable':
        return this.control(id, { off: { who: GRACE, at: at(0), ...Disable.parse(input) } });
      case 'POST clusters enable':
        return this.control(id, { off: null });
      case 'POST clusters acknowledge':
        return this.control(id, { coolDown: null });
      default:
        return { status: 404, body: { message: 'Not Found' } };
    }
  }

  private begin(recorded: RecordedCase): void {
    this.cases.set(recorded.caseId, { views: recorded.views, at: -1, answered: recorded });
  }

  private showPeers(name: string): Reply {
    const peers = this.peers.get(name);
    return peers === undefined ? unknownCluster(name) : { status: 200, body: { peers } };
  }

  private gone(name: string, word: z.infer<typeof Gone>): Reply {
    if (!this.known.has(name)) return unknownCluster(name);
    const { server } = word;
    const others = this.declarations.filter(({ serverId }) => serverId !== server);
    if (!word.gone && others.length === this.declarations.length) {
      return refusal(404, 'NotDeclared', `nobody has declared ${server} of ${name} destroyed`, 'see who is');
    }
    if (word.gone && this.seenOfDeclared) {
      const { code, says, nextStep } = this.seenOfDeclared;
      return refusal(422, code, says, nextStep);
    }
    const words = word.gone ? [{ serverId: server, who: GRACE, at: at(0), because: word.because, known: null }] : [];
    this.declarations = [...others, ...words];
    return { status: 200, body: { cluster: name, declarations: this.declarations } };
  }

  private control(name: string, change: Partial<Control>): Reply {
    if (!this.known.has(name)) return unknownCluster(name);
    const control = { ...(this.controls.get(name) ?? FREE), ...change };
    this.controls.set(name, control);
    return { status: 200, body: { cluster: name, control } };
  }

  private open(request: z.infer<typeof OpenRequest>): Reply {
    this.opened.push(request);
    const recorded = this.known.get(request.cluster);
    if (recorded === undefined) return unknownCluster(request.cluster);
    this.begin(recorded);
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
    if (recorded === undefined) return unknownCluster(name);
    const playing = this.cases.get(recorded.caseId);
    const open = playing?.views[playing.at]?.case.status === 'open' || playing?.at === -1;
    const caseId = playing === undefined ? null : recorded.caseId;
    return {
      status: 200,
      body: {
        cluster: name,
        lease: null,
        inventory: this.inventory,
        health: this.health,
        exclusions: this.exclusions,
        declarations: this.declarations,
        openCase: open ? caseId : null,
        lastCase: caseId,
      },
    };
  }

  private answer(gateId: string, answer: Answer): Reply {
    this.answers.push(answer);
    const playing = [...this.cases.values()].find(({ views, at }) => views[at]?.gate?.gateId === gateId);
    const gate = playing?.views[playing.at]?.gate ?? null;
    if (playing === undefined || gate === null) return refusal(404, 'UnknownGate', 'there is no gate with that id', '');
    const decided = decideGate(gate, answer, {
      ...{ who: gate.requester, person: null, door: 'cli' as const },
      now: gate.openedAt,
    });
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
    const { whenApproved, whenDeclined, then } = playing.answered;
    playing.views = decision === 'decline' ? whenDeclined : whenApproved;
    playing.answered = then ?? playing.answered;
    playing.at = -1;
  }
}
