import type * as z from 'zod';
import type { Mode } from '../recovery/case';
import type { Control } from '../recovery/control';
import type { Declaration } from '../recovery/declaration';
import type { Answer, Gate } from '../recovery/gate';
import type { Intent } from '../recovery/intent';
import type { Peers } from '../recovery/peers';
import {
  AnsweredGate,
  CaseView,
  ClusterView,
  Controlled,
  Declared,
  DoorError,
  EntryLink,
  OpenedCase,
  PeersSeen,
} from './door';
import type { Exit } from './problem';
import { CliProblem, EXIT } from './problem';
import type { DoorAnswer, DoorRequest, Send } from './signed-send';

const exitOfStatus = (status: number): Exit => {
  if (status === 400) return EXIT.usage;
  if (status === 401 || status === 403) return EXIT.unreachable;
  if (status === 404) return EXIT.notFound;
  if (status === 409 || status === 422) return EXIT.stopped;
  return EXIT.failed;
};

const problemOf = ({ status, body }: DoorAnswer): CliProblem => {
  const error = DoorError.safeParse(body);
  if (error.success && status < 500) {
    return new CliProblem(exitOfStatus(status), error.data.error, error.data.says, error.data.nextStep);
  }
  if (status === 401 || status === 403) {
    return new CliProblem(
      EXIT.unreachable,
      'Denied',
      'These AWS credentials may not speak to Requorum.',
      'Use a role that allows execute-api:Invoke on its HTTP API; `aws sts get-caller-identity` shows the one in use.',
    );
  }
  if (status === 404) {
    return new CliProblem(
      EXIT.unreachable,
      'NotRequorum',
      'Something answers at that endpoint, but it is not Requorum.',
      'Compare --endpoint or REQUORUM_ENDPOINT with the output `Endpoint` of the stack.',
    );
  }
  const says = error.success ? error.data.says : `Requorum failed to answer (HTTP ${status}).`;
  return new CliProblem(EXIT.failed, 'DoorFailed', says, 'Try again; the log of the door function says why.');
};

/** The door's routes as methods. Every refusal is a CliProblem that carries the door's own sentence and next step. */
export class Api {
  constructor(private readonly send: Send) {}

  async openCase(cluster: string, mode: Exclude<Mode, 'tidy'>, intent?: Intent): Promise<string> {
    const body = { cluster, mode, ...(intent && { [intent.kind]: intent.server }) };
    const { caseId } = await this.call(OpenedCase, { method: 'POST', path: '/cases', body });
    return caseId;
  }

  /** What the servers say of each other at this moment. */
  async peers(name: string): Promise<Peers> {
    const path = `/clusters/${encodeURIComponent(name)}/peers`;
    return (await this.call(PeersSeen, { method: 'POST', path, body: {} })).peers;
  }

  /** With `since` only events at or after that instant come along. */
  case(caseId: string, since?: string): Promise<CaseView> {
    const path = `/cases/${encodeURIComponent(caseId)}`;
    return this.call(CaseView, { method: 'GET', path, ...(since === undefined ? {} : { query: { since } }) });
  }

  cluster(name: string): Promise<ClusterView> {
    return this.call(ClusterView, { method: 'GET', path: `/clusters/${encodeURIComponent(name)}` });
  }

  async refreshInventory(name: string): Promise<void> {
    await this.ok({ method: 'POST', path: `/clusters/${encodeURIComponent(name)}/inventory`, body: {} });
  }

  /** Who is declared destroyed afterwards. */
  async declareGone(name: string, server: string, because: string): Promise<Declaration[]> {
    return this.gone(name, { gone: true, server, because });
  }

  async takeBackGone(name: string, server: string): Promise<Declaration[]> {
    return this.gone(name, { gone: false, server });
  }

  async answer(gateId: string, answer: Answer): Promise<Gate> {
    const path = `/gates/${encodeURIComponent(gateId)}/answer`;
    return (await this.call(AnsweredGate, { method: 'POST', path, body: answer })).gate;
  }

  /** Works once, within minutes, and lets in whoever signs this. */
  link(caseId: string | null): Promise<EntryLink> {
    return this.call(EntryLink, { method: 'POST', path: '/links', body: { caseId } });
  }

  async abort(caseId: string, reason: string): Promise<void> {
    await this.ok({ method: 'POST', path: `/cases/${encodeURIComponent(caseId)}/abort`, body: { reason } });
  }

  disable(name: string, reason: string): Promise<Control> {
    return this.control(name, 'disable', { reason });
  }

  enable(name: string): Promise<Control> {
    return this.control(name, 'enable');
  }

  acknowledge(name: string): Promise<Control> {
    return this.control(name, 'acknowledge');
  }

  private async gone(name: string, body: object): Promise<Declaration[]> {
    const path = `/clusters/${encodeURIComponent(name)}/gone`;
    return (await this.call(Declared, { method: 'POST', path, body })).declarations;
  }

  private async control(name: string, word: 'disable' | 'enable' | 'acknowledge', body = {}): Promise<Control> {
    const path = `/clusters/${encodeURIComponent(name)}/${word}`;
    return (await this.call(Controlled, { method: 'POST', path, body })).control;
  }

  private async ok(request: DoorRequest): Promise<unknown> {
    const answer = await this.send(request);
    if (answer.status < 200 || answer.status > 299) throw problemOf(answer);
    return answer.body;
  }

  private async call<T extends z.ZodType>(schema: T, request: DoorRequest): Promise<z.infer<T>> {
    const read = schema.safeParse(await this.ok(request));
    if (read.success) return read.data;
    const where = read.error.issues[0]?.path.join('.') ?? '';
    throw new CliProblem(
      EXIT.failed,
      'BadAnswer',
      `Requorum answered ${request.method} ${request.path} in a form that this version does not understand (${where}).`,
      'Use the requorum command of the version that is deployed.',
      { cause: read.error },
    );
  }
}
