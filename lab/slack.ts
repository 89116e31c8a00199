import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import { sign } from '../lib/slack/verify';
import { type Asking, type By, type Given, pressed, slashed, submitted } from './slack-bodies';

const Body = z.looseObject({
  channel: z.string().optional(),
  ts: z.string().optional(),
  text: z.string().optional(),
  blocks: z.array(z.looseObject({ type: z.string() })).optional(),
  user: z.string().optional(),
  trigger_id: z.string().optional(),
  view: z.looseObject({ callback_id: z.string(), private_metadata: z.string() }).optional(),
});
type Body = z.infer<typeof Body>;

const Errors = z.object({ errors: z.record(z.string(), z.string()).default({}) });

/** A call as it came: method of the Web API, or `respond` at a response_url. */
export interface Call {
  readonly at: number;
  readonly method: string;
  readonly body: Body;
}

export interface SlackMessage {
  readonly ts: string;
  readonly updates: number;
  readonly body: Body;
}

/** What came back for a request, and after how long. */
export interface Acknowledged {
  readonly status: number;
  readonly milliseconds: number;
  /** Slack shows these beside the inputs of a form, and keeps it open. */
  readonly errors: Readonly<Record<string, string>>;
}

/** `down`: refuses every connection's request by cutting it · `slow`: answers after so many milliseconds. */
type Mood = { readonly is: 'up' } | { readonly is: 'down' } | { readonly is: 'slow'; readonly milliseconds: number };

interface App {
  readonly signingSecret: string;
  readonly botToken: string;
  readonly channel: string;
}

/**
 * Slack as far as an app of one channel sees it: the few methods of its Web API, response_urls, and requests that it signs.
 * Like Slack it takes no token but the app's, opens a modal once per trigger, and updates only a message that is there.
 */
export class LabSlack {
  mood: Mood = { is: 'up' };
  readonly calls: Call[] = [];
  readonly messages = new Map<string, SlackMessage>();
  private readonly triggers = new Set<string>();
  private count = 0;

  private constructor(
    private readonly server: Server,
    private readonly app: App,
  ) {}

  static async start(app: App): Promise<LabSlack> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const slack = new LabSlack(server, app);
    server.on('request', (request, response) => void slack.serve(request, response));
    return slack;
  }

  /** For `slack.api` in requorum.yaml. */
  get api(): string {
    return `${this.origin}/api`;
  }

  async end(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** What people who acted were told, newest last; nobody else sees it. */
  get told(): string[] {
    return this.calls
      .filter(({ method }) => method === 'respond' || method === 'chat.postEphemeral')
      .map(({ body }) => body.text ?? '');
  }

  get modals(): NonNullable<Body['view']>[] {
    return this.calls.flatMap(({ method, body }) => (method === 'views.open' && body.view ? [body.view] : []));
  }

  press(url: string, by: By, action: string, gateId: string): Promise<Acknowledged> {
    const trigger_id = this.newTrigger();
    return this.send(url, pressed(by, action, gateId, { trigger_id, response_url: `${this.origin}/respond` }));
  }

  submit(url: string, by: By, modal: string, gate: Asking, given: Given): Promise<Acknowledged> {
    return this.send(url, submitted(by, modal, gate, given));
  }

  type(url: string, by: By, words: string): Promise<Acknowledged> {
    return this.send(url, slashed(by, words, `${this.origin}/respond`));
  }

  /** Any body, signed now or at another time, with our secret or another one. */
  async send(
    url: string,
    body: string,
    { seconds = 0, secret = this.app.signingSecret }: { readonly seconds?: number; readonly secret?: string } = {},
  ): Promise<Acknowledged> {
    const timestamp = String(Math.floor(Date.now() / 1000) + seconds);
    const from = performance.now();
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': sign(secret, timestamp, body),
      },
      body,
    });
    const text = await answer.text();
    const { errors } = Errors.parse(answer.headers.get('content-type') === 'application/json' ? JSON.parse(text) : {});
    return { status: answer.status, milliseconds: performance.now() - from, errors };
  }

  private get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private newTrigger(): string {
    this.count += 1;
    const id = `${Date.now()}.${this.count}`;
    this.triggers.add(id);
    return id;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await bodyOf(request);
    const { mood } = this;
    if (mood.is === 'down') return void request.socket.destroy();
    if (mood.is === 'slow') await new Promise((resolve) => setTimeout(resolve, mood.milliseconds));
    const method = (request.url ?? '').replace(/^\/(api\/)?/, '');
    const body = Body.parse(JSON.parse(text));
    const isOurs = method === 'respond' || request.headers.authorization === `Bearer ${this.app.botToken}`;
    this.calls.push({ at: Date.now(), method, body });
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(isOurs ? this.answer(method, body) : { ok: false, error: 'invalid_auth' }));
  }

  private answer(method: string, body: Body): object {
    switch (method) {
      case 'respond':
      case 'chat.postEphemeral':
        return { ok: true };
      case 'chat.postMessage':
        return this.post(body);
      case 'chat.update':
        return this.update(body);
      case 'views.open':
        return this.triggers.delete(body.trigger_id ?? '') ? { ok: true } : { ok: false, error: 'expired_trigger_id' };
      default:
        return { ok: false, error: 'unknown_method' };
    }
  }

  private post(body: Body): object {
    if (body.channel !== this.app.channel) return { ok: false, error: 'channel_not_found' };
    this.count += 1;
    const ts = `${Math.floor(Date.now() / 1000)}.${String(this.count).padStart(6, '0')}`;
    this.messages.set(ts, { ts, updates: 0, body });
    return { ok: true, ts };
  }

  private update(body: Body): object {
    const before = this.messages.get(body.ts ?? '');
    if (!before) return { ok: false, error: 'message_not_found' };
    this.messages.set(before.ts, { ts: before.ts, updates: before.updates + 1, body });
    return { ok: true, ts: before.ts };
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
