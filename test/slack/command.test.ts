import { commandIn } from '../../lib/slack/command';

const ONE = ['demo'];
const TWO = ['demo', 'prod'];

test.each([
  ['status', ONE, { verb: 'status', cluster: 'demo' }],
  ['  STATUS   demo ', TWO, { verb: 'status', cluster: 'demo' }],
  ['plan prod', TWO, { verb: 'plan', cluster: 'prod' }],
  ['acknowledge', ONE, { verb: 'acknowledge', cluster: 'demo' }],
  ['abort prod we look first', TWO, { verb: 'abort', cluster: 'prod', reason: 'we look first' }],
  ['abort we look first', ONE, { verb: 'abort', cluster: 'demo', reason: 'we look first' }],
] as const)('"%s" of %j', (words, clusters, command) => {
  expect(commandIn(words, clusters)).toEqual(command);
});

test.each([
  ['', ONE, 'status|plan'],
  ['recover demo', ONE, 'no command "recover"'],
  ['plan', TWO, 'name the cluster'],
  ['plan other', ONE, 'no cluster "other"'],
] as const)('"%s" of %j is answered with what there is', (words, clusters, says) => {
  const command = commandIn(words, clusters);
  expect(command).toMatchObject({ verb: 'help', says: expect.stringContaining(says) as string });
});
