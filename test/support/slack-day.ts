import { log } from '../../lambdas/adapters/log';
import { forgetSecrets } from '../../lambdas/adapters/secrets-manager';
import { act } from '../../lambdas/slack/act';
import { Handed } from '../../lambdas/slack/input';
import { receive } from '../../lambdas/slack/receive';
import { tellCase } from '../../lambdas/slack/tell-case';
import type { Cluster } from '../../lib/recovery/cluster';
import type { Person } from '../../lib/recovery/people';
import { sign } from '../../lib/slack/verify';
import { SLACK } from './slack-settings';
import { WorkingDay } from './working-day';

export const SIGNING_SECRET = 'signing-secret-that-nobody-may-see';
export const BOT_TOKEN = 'xoxb-token-that-nobody-may-see';

export interface Called {
  readonly method: string;
  readonly body: Record<string, unknown> & { readonly text?: string };
}

/** A working day with a door in Slack: its requests as Slack signs them, and everything that Slack is told. */
export class SlackDay extends WorkingDay {
  readonly called: Called[] = [];
  readonly logged: string[] = [];
  readonly handed: unknown[] = [];
  /** What Slack answers; `null`: nothing, for it is down. */
  slackAnswers: object | null = { ok: true, ts: '1.1' };
  /** Lambda does not take what is handed over. */
  isBusy = false;
  private readonly restored: (() => void)[] = [];

  constructor(policy: Partial<Cluster['policy']> = {}, people: Person[] = []) {
    super(policy, people);
    forgetSecrets();
    const before = globalThis.fetch;
    globalThis.fetch = (url, init) =>
      this.route(String(url instanceof Request ? url.url : url), init) ?? before(url, init);
    this.listen();
  }

  /** One request as the HTTP API hands it over, and the second call that it leads to. */
  async send(body: string, { at = this.clock.now(), secret = SIGNING_SECRET }: { at?: Date; secret?: string } = {}) {
    const timestamp = String(Math.floor(at.getTime() / 1000));
    return this.sendSigned(body, {
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': sign(secret, timestamp, body),
    });
  }

  async sendSigned(body: string, headers: Record<string, string>) {
    const answer = await receive(this.slack, {
      ...{ rawPath: '/slack', rawQueryString: '', headers },
      ...{ body: Buffer.from(body).toString('base64'), isBase64Encoded: true },
      requestContext: { stage: '$default', http: { method: 'POST' } },
    });
    for (const handed of this.handed.splice(0)) await act(this.slack, Handed.parse(handed));
    return answer;
  }

  tell(caseId = 'case-1'): Promise<void> {
    return tellCase(this.slack, caseId);
  }

  /** What the person who acted was told last. */
  get said(): string {
    return (
      this.called.filter(({ method }) => method === 'respond' || method === 'chat.postEphemeral').at(-1)?.body.text ??
      ''
    );
  }

  of(method: string): Called[] {
    return this.called.filter((one) => one.method === method);
  }

  /** What was written down of this door. */
  get audits(): Record<string, unknown>[] {
    const all = [...this.bucket.texts].filter(([key]) => key.startsWith('audit/'));
    return all.map(([, text]) => JSON.parse(text) as Record<string, unknown>).filter(({ door }) => door === 'slack');
  }

  override end(): void {
    for (const restore of this.restored) restore();
    super.end();
  }

  private route(url: string, init?: RequestInit): Promise<Response> | null {
    const body = typeof init?.body === 'string' ? init.body : '';
    const headers = new Headers(init?.headers);
    if (headers.get('x-amz-target') === 'secretsmanager.GetSecretValue') {
      const SecretString = body.includes(SLACK.botTokenArn) ? BOT_TOKEN : SIGNING_SECRET;
      return Promise.resolve(new Response(JSON.stringify({ SecretString })));
    }
    if (headers.get('x-amz-invocation-type') === 'Event') {
      if (this.isBusy) return Promise.resolve(new Response('TooManyRequests', { status: 429 }));
      this.handed.push(JSON.parse(body));
      return Promise.resolve(new Response('', { status: 202 }));
    }
    const isHook = url.startsWith('https://hooks.slack.com/');
    if (!isHook && !url.startsWith(`${SLACK.api}/`)) return null;
    if (this.slackAnswers === null) return Promise.reject(new TypeError('fetch failed'));
    if (!isHook && headers.get('authorization') !== `Bearer ${BOT_TOKEN}`) throw new Error('not our token');
    const method = isHook ? 'respond' : url.slice(SLACK.api.length + 1);
    this.called.push({ method, body: JSON.parse(body) as Called['body'] });
    return Promise.resolve(new Response(JSON.stringify(this.slackAnswers)));
  }

  /** Everything that is logged, to be looked through for what must not be there. */
  private listen(): void {
    log.setLogLevel('DEBUG');
    for (const level of ['debug', 'info', 'warn', 'error'] as const) {
      const spy = jest.spyOn(log, level).mockImplementation((...args: unknown[]) => {
        this.logged.push(
          args
            .map((one) => (one instanceof Error ? `${one.stack} ${String(one.cause)}` : JSON.stringify(one)))
            .join(' '),
        );
      });
      this.restored.push(() => spy.mockRestore());
    }
  }
}
