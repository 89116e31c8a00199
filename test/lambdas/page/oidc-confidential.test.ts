import { Issuer } from '../../../lab/issuer';
import { forgetSecrets } from '../../../lambdas/adapters/secrets-manager';
import { WorkingDay } from '../../support/working-day';
import { auditsOf } from '../support/audits';
import { Browser } from '../support/browser';

const ANN = 'ann@example.com';
const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:requorum/oidc-AbCdEf';
const SECRET = 'a+b:c/d e';
let day: WorkingDay;
let issuer: Issuer;
let browser: Browser;
let kept: string;
let made = 0;

beforeEach(async () => {
  made += 1;
  issuer = new Issuer(`https://confidential-${made}.test`);
  kept = SECRET;
  day = new WorkingDay({}, [{ name: 'ann', iam: [], slack: [], email: [ANN] }], {
    issuer: issuer.url,
    clientId: 'requorum',
    clientSecretArn: ARN,
  });
  await day.withInventory();
  forgetSecrets();
  const before = globalThis.fetch;
  globalThis.fetch = (url, init) => {
    const request = new Request(url, init);
    if (request.headers.get('x-amz-target') === 'secretsmanager.GetSecretValue')
      return Promise.resolve(new Response(JSON.stringify({ SecretString: kept })));
    return request.url.startsWith(issuer.url) ? issuer.answer(request) : before(url, init);
  };
  browser = new Browser(day);
});
afterEach(() => day.end());

const signIn = async (): Promise<number> => {
  await browser.get('/page/oidc');
  const there = new URL(browser.location);
  there.searchParams.set('mail', ANN);
  const back = (await issuer.answer(new Request(there))).headers.get('location') ?? '';
  return browser.get(back.replace(/^https:\/\/[^/]*/, ''));
};

test.each(['client_secret_basic', 'client_secret_post'] as const)('an issuer that wants %s gets it', async (method) => {
  issuer.secret = { value: SECRET, method };
  expect(await signIn()).toBe(303);
});

test('a secret that was changed lets nobody in until it is read again, and is in no answer and in no record', async () => {
  issuer.secret = { value: 'the new one', method: 'client_secret_basic' };
  expect(await signIn()).toBe(403);
  expect(browser.last).not.toContain(SECRET);
  expect(JSON.stringify(auditsOf(day, 'nobody'))).not.toContain(SECRET);
  kept = 'the new one';
  forgetSecrets();
  expect(await signIn()).toBe(303);
});
