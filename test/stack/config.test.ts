import { join } from 'node:path';
import { loadConfig, parseConfig } from '../../lib/config';

const cluster = { name: 'demo', selector: { 'dkron-cluster': 'demo' }, size: 3 };
const parse = (content: unknown) => () => parseConfig(content, 'requorum.yaml');

test('the example can be used as it is', () => {
  const { clusters } = loadConfig(join(__dirname, '..', '..', 'requorum.example.yaml'));
  expect(clusters.map(({ name }) => name)).toEqual(['dkron-prod']);
});

test('what has a default may be left out', () => {
  const { clusters } = parseConfig({ clusters: [cluster] }, 'requorum.yaml');
  expect(clusters[0]).toMatchObject({
    ports: { rpc: 6868, http: 8080, serf: 8946 },
    policy: { restart: 'automatic', proofSeconds: 75 },
  });
});

test.each([
  ['a name with capitals', { ...cluster, name: 'Demo' }, /clusters\.0\.name: .*\(is "Demo"\)/],
  ['no selector', { ...cluster, selector: {} }, /clusters\.0\.selector: at least one tag \(is \{\}\)/],
  [
    'a proof shorter than the reconcile',
    { ...cluster, policy: { proofSeconds: 30 } },
    /clusters\.0\.policy\.proofSeconds: .*\(is 30\)/,
  ],
  [
    'a template by its name',
    { ...cluster, replacement: { launchTemplate: 'dkron' } },
    /clusters\.0\.replacement\.launchTemplate: the id of a launch template, lt-… \(is "dkron"\)/,
  ],
  ['a port that cannot exist', { ...cluster, ports: { rpc: 70_000 } }, /clusters\.0\.ports\.rpc: .*\(is 70000\)/],
])('%s fails with the field and the value', (_what, wrong, says) => {
  expect(parse({ clusters: [wrong] })).toThrow(says);
});

test.each([
  ['an approver whom nobody knows', { approvers: ['zoe'] }, /policy\.approvers: zoe is not in `people`/],
  ['more approvals than approvers', { approvers: ['ann'], approvals: 2 }, /policy\.approvals: only 1 may approve/],
  [
    'peers.json by policy',
    { verdicts: { 'quorum-lost': { plan: 'auto' } } },
    /policy\.verdicts\.quorum-lost\.plan: a plan for quorum-lost writes peers\.json/,
  ],
  [
    'one rule of a verdict that does not go with that of the cluster',
    { approvers: ['ann', 'bob'], approvals: 2, verdicts: { 'no-leader': { approvers: ['ann'] } } },
    /policy\.approvals: only 1 may approve/,
  ],
])('%s fails before anything is deployed', (_what, policy, says) => {
  const people = [{ name: 'ann' }, { name: 'bob' }];
  expect(parse({ clusters: [{ ...cluster, policy }], people })).toThrow(says);
  expect(parse({ clusters: [cluster], people })).not.toThrow();
});

test('two clusters of one name, an unknown key and no cluster at all are refused', () => {
  expect(parse({ clusters: [cluster, cluster] })).toThrow(/cluster names repeat/);
  expect(parse({ clusters: [cluster], clutsers: [] })).toThrow(/clutsers/);
  expect(parse({ clusters: [] })).toThrow(/clusters/);
  expect(parse(null)).toThrow(/the file/);
});

test('a file that is not there names the way to get one', () => {
  expect(() => loadConfig('/nowhere/requorum.yaml')).toThrow(/copy requorum\.example\.yaml/);
});
