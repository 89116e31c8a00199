import { appOf } from '../../../lambdas/page/app';
import type { WorkingDay } from '../../support/working-day';
import { ANN, askDoor } from './http';

const ORIGIN = 'https://page.test';

/** Field names and values of the first form that posts to `action`; null where the page has none. */
const formIn = (text: string, action: RegExp): { action: string; fields: Record<string, string> } | null => {
  const forms = [...text.matchAll(/<form[^>]*action="([^"]+)"[^>]*>([^]*?)<\/form>/g)];
  const [, found = '', inner = ''] = forms.find(([, where = '']) => action.test(where)) ?? [];
  if (found === '') return null;
  const fields = [...inner.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return { action: found, fields: Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value])) };
};

/** A person with a browser, as far as cookies and forms go: every cookie is kept and sent back. */
export class Browser {
  readonly cookies = new Map<string, string>();
  last = '';
  headers = new Headers();

  constructor(private readonly day: WorkingDay) {}

  get(path: string): Promise<number> {
    return this.ask(path, {});
  }

  /** Sends what the form of the last page would, with what is filled in laid over; some fields may come twice. */
  async submit(action: RegExp, filled: Record<string, string | readonly string[]> = {}): Promise<number> {
    const form = formIn(this.last, action);
    if (!form) throw new Error(`no form ${String(action)} on: ${this.last.slice(0, 400)}`);
    return this.post(form.action, { ...form.fields, ...filled });
  }

  post(path: string, fields: Record<string, string | readonly string[]>, headers = {}): Promise<number> {
    const body = new URLSearchParams();
    for (const [name, values] of Object.entries(fields)) {
      for (const value of [values].flat()) body.append(name, value);
    }
    return this.ask(path, { method: 'POST', body, headers: { 'sec-fetch-site': 'same-origin', ...headers } });
  }

  /** Signs in by a link of the IAM-authorised door. */
  async enter(who = ANN, caseId: string | null = null): Promise<void> {
    await this.get(await linkFor(this.day, who, caseId));
    const status = await this.submit(/\/page\/enter/);
    if (status !== 303) throw new Error(`not let in: ${status} ${this.last}`);
  }

  get location(): string {
    return this.headers.get('location') ?? '';
  }

  private async ask(path: string, init: RequestInit): Promise<number> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(init.headers as Record<string, string>), ...(cookie !== '' && { cookie }) };
    const answer = await appOf(this.day.page).request(`${ORIGIN}${path}`, { ...init, headers });
    for (const line of answer.headers.getSetCookie()) this.keep(line);
    this.last = await answer.text();
    this.headers = answer.headers;
    return answer.status;
  }

  private keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/Max-Age=0/i.test(line) || value === '') this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** The path of a link, as the CLI gets it. */
export const linkFor = async (day: WorkingDay, who = ANN, caseId: string | null = null): Promise<string> => {
  const { status, body } = await askDoor(day, 'POST', '/links', { who, body: { caseId } });
  const { url } = body as { url?: string };
  if (status !== 201 || url === undefined) throw new Error(`no link: ${status}`);
  return url.replace(/^https:\/\/[^/]*/, '');
};
