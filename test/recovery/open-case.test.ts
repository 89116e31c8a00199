import { Cluster, alarmNameOf, readIncident, redundancyAlarmNameOf } from '../../lib/recovery';

const cluster = (rest: object = {}) => Cluster.parse({ name: 'demo', selector: { app: 'dkron' }, size: 3, ...rest });
const clusters = [cluster(), cluster({ name: 'quiet', policy: { alarm: 'ignore' } })];
const alarm = (alarmName: string, value = 'ALARM') => ({
  version: '0',
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  detail: { alarmName, state: { value, reason: 'missing data' }, previousState: { value: 'OK' } },
});

test('an alarm opens a case that may ask, and says which alarm it was', () => {
  expect(readIncident(alarm('requorum-demo-no-leader'), clusters)).toMatchObject({
    kind: 'incident',
    mode: 'recover',
    openedBy: 'alarm requorum-demo-no-leader',
    tidyCaseId: null,
    cluster: { name: 'demo' },
  });
  expect(alarmNameOf('demo')).toBe('requorum-demo-no-leader');
});

test.each([
  ['back to OK', alarm('requorum-demo-no-leader', 'OK')],
  ['too little data', alarm('requorum-demo-no-leader', 'INSUFFICIENT_DATA')],
  ['of a cluster whose policy ignores alarms', alarm('requorum-quiet-no-leader')],
  ['that only tells people', alarm(redundancyAlarmNameOf('demo'))],
])('an alarm %s opens nothing', (_, input) => {
  expect(readIncident(input, clusters).kind).toBe('ignored');
});

test('a person asks for a plan or for a recovery, and the janitor for tidying up', () => {
  expect(readIncident({ cluster: 'demo', mode: 'plan' }, clusters)).toMatchObject({
    mode: 'plan',
    openedBy: 'console',
  });
  expect(readIncident({ cluster: 'quiet', mode: 'recover' }, clusters)).toMatchObject({ mode: 'recover' });
  expect(readIncident({ cluster: 'demo', mode: 'tidy', caseId: 'case-1' }, clusters)).toMatchObject({
    mode: 'tidy',
    openedBy: 'janitor',
    tidyCaseId: 'case-1',
  });
});

test.each([
  ['nothing', undefined, 'BadInput'],
  ['a text', 'demo', 'BadInput'],
  ['no mode', { cluster: 'demo' }, 'BadInput'],
  ['another mode', { cluster: 'demo', mode: 'destroy' }, 'BadInput'],
  ['a name that is no name', { cluster: '../demo', mode: 'plan' }, 'BadInput'],
  ['tidying without a case', { cluster: 'demo', mode: 'tidy' }, 'BadInput'],
  ['an event of another service', { ...alarm('requorum-demo-no-leader'), source: 'aws.ec2' }, 'BadInput'],
  ['an unknown cluster', { cluster: 'prod', mode: 'plan' }, 'UnknownCluster'],
  ['an alarm of nobody', alarm('cpu-high'), 'UnknownCluster'],
])('%s is bad input, named', (_, input, code) => {
  expect(readIncident(input, clusters)).toMatchObject({
    kind: 'bad',
    code,
    says: expect.stringMatching(/\w/) as string,
  });
});

test('an unknown cluster is told which ones there are', () => {
  expect(readIncident({ cluster: 'prod', mode: 'plan' }, clusters)).toMatchObject({
    says: 'no cluster named prod; there are demo, quiet',
  });
});
