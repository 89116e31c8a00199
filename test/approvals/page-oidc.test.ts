import { CLUSTER } from '../../lab/lab';
import { type IssuerServer, startIssuer } from '../../lab/issuer-server';
import { untilClosed, untilGate } from '../lab/support/case-lab';
import { keepCells } from '../support/table-rows';
import { picture } from './support/browsers';
import { type PageLab, auditsIn, endPageLab, pageLab, tickLost } from './support/page-lab';

const CAROL = 'carol@example.com';
const DAVE = 'dave@example.com';

/* People of the organisation, without AWS: carol may approve, others may look and decline. */
describe('the page, signed in at an issuer', () => {
  let world: PageLab;
  let issuer: IssuerServer;

  beforeAll(async () => {
    issuer = await startIssuer();
    // Functions inherit it: they trust the issuer as they would one of the world.
    process.env['NODE_EXTRA_CA_CERTS'] = issuer.certificateFile;
    world = await pageLab(
      { planGateMinutes: 5, approvers: ['carol'] },
      async (lab) => {
        await lab.terminate('dkron-2');
        await lab.impair('dkron-3');
      },
      {
        people: [
          { name: 'carol', email: [CAROL] },
          { name: 'dave', email: [DAVE] },
        ],
        page: { oidc: { issuer: issuer.issuer.url, clientId: 'requorum' } },
      },
    );
  });
  afterAll(async () => {
    delete process.env['NODE_EXTRA_CA_CERTS'];
    await endPageLab(world);
    await issuer.close();
  });

  const signedInAt = async (mail: string, caseId: string) => {
    const page = await world.browsers.someone();
    await page.goto(`/page/cases/${caseId}`);
    await picture(page, 'sign-in');
    await page.getByRole('link', { name: /Sign in at/ }).click();
    await page.fill('#mail', mail);
    await page.click('#go');
    return page;
  };

  test('who is no approver reads why, and may decline; who is one approves by name', async () => {
    const { api, ann } = world;
    const caseId = await ann.api.openCase(CLUSTER, 'recover');
    const gate = await untilGate(api, caseId);
    const other = await signedInAt(DAVE, caseId);
    await other.getByText('is not one of carol').waitFor();
    expect(await other.locator('#yes').count()).toBe(0);
    expect(await other.locator('#no').count()).toBe(1);
    await picture(other, 'not-an-approver');

    const carol = await signedInAt(CAROL, caseId);
    await tickLost(carol);
    await carol.click('#yes');
    await carol.getByText('You approved at').waitFor();
    const events = await auditsIn(world, caseId);
    expect(events).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ event: 'approve', door: 'page', who: `mail:${CAROL}`, person: 'carol' }),
      ]),
    );
    expect((await api.case(caseId)).gate).toMatchObject({ gateId: gate.gateId, status: 'approved' });
    await api.abort(caseId, 'enough was seen').catch(() => undefined);
    await untilClosed(api, caseId);
    keepCells([
      'sign-in at an issuer: an approver, and one who is none',
      'approved by name; the other may decline only',
    ]);
  });

  test('an address that the issuer has not verified lets nobody in, and that is kept', async () => {
    const { browsers } = world;
    issuer.issuer.lies = { email_verified: false };
    const page = await browsers.someone();
    await page.goto('/page');
    await page.getByRole('link', { name: /Sign in at/ }).click();
    await page.fill('#mail', CAROL);
    await page.click('#go');
    expect(await page.locator('h1').innerText()).toBe('The sign-in did not work.');
    expect((await page.goto('/page'))?.status()).toBe(401);
    expect((await auditsIn(world, 'nobody')).map(({ code }) => code)).toContain('SignInFailed');
    keepCells(['sign-in with an address that is not verified', 'nobody is let in; kept']);
  });
});
