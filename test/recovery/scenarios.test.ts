import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { Planning, VerdictName, makePlan, verdictOf } from '../../lib/recovery';
import { NOW, PINS, QUARANTINE, World, sha256, surveyOf } from '../support/world';

/*
 * The scenario files are the specification: a file name is a claim, the comment in it says why, and everything that a
 * person would read of the plan is compared.
 */
const folder = join(__dirname, 'scenarios');

const Scenario = z.strictObject({
  world: World,
  expect: z.strictObject({
    verdict: VerdictName,
    /** Sentences, or parts of them, in the because-lines of the verdict. */
    because: z.array(z.string()).default([]),
    classes: z.record(z.string(), z.string()).optional(),
    healthy: z.boolean().default(false),
    planned: z
      .strictObject({
        remedy: z
          .enum(['power-on', 'power-cycle', 'restart', 'remove', 'rewrite', 'launch', 'readmit'])
          .default('rewrite'),
        survivors: z.array(z.string()).default([]),
        standing: z.array(z.string()).default([]),
        excluded: z.record(z.string(), z.string()).default({}),
        /** How each leaves: by id on the leader's host, or by itself. */
        removals: z.record(z.string(), z.string()).default({}),
        powerOn: z.array(z.string()).default([]),
        letIn: z.array(z.string()).default([]),
        joining: z.array(z.string()).default([]),
        launch: z.record(z.string(), z.unknown()).nullable().default(null),
        countAsLost: z.array(z.string()).default([]),
        /** Groups that are kept still, each with the instances that go to Standby. */
        groups: z.record(z.string(), z.array(z.string())).default({}),
        addresses: z.array(z.string()).optional(),
        /** Codes with their severity, all of them. */
        findings: z.record(z.string(), z.string()).default({}),
        loss: z.array(z.string()).default([]),
      })
      .optional(),
    /** Codes of all findings of the refusal, each once. */
    refused: z.array(z.string()).optional(),
    nextStep: z.string().optional(),
  }),
});

const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));

test('there are at least 25 scenarios, and each says why it is there', () => {
  expect(files.length).toBeGreaterThanOrEqual(25);
  const silent = files.filter((file) => !readFileSync(join(folder, file), 'utf8').startsWith('# '));
  expect(silent).toEqual([]);
});

describe.each(files.map((file) => [file.replace('.yaml', '').replaceAll('-', ' '), file] as const))('%s', (_, file) => {
  const scenario = Scenario.parse(parse(readFileSync(join(folder, file), 'utf8')));
  const { survey, cluster, world } = surveyOf(scenario.world);
  const { expect: expected } = scenario;
  const planning = makePlan(survey, cluster, {
    sha256,
    documents: world.documents ? PINS : null,
    quarantine: QUARANTINE,
    now: NOW,
    intent: world.intent,
  });

  test(`is ${expected.verdict}`, () => {
    const verdict = verdictOf(survey, cluster);
    expect(verdict.name).toBe(expected.verdict);
    const lines = verdict.because.join('\n');
    for (const part of expected.because) expect(lines).toContain(part);
    const classes = Object.fromEntries(planning.briefing.servers.map((server) => [server.id, server.class]));
    if (expected.classes) expect(classes).toEqual(expected.classes);
  });

  test(expected.planned ? 'is planned' : expected.healthy ? 'needs nothing' : 'is refused', () => {
    expect(Planning.parse(planning)).toEqual(planning);
    const codes = [...new Set(planning.briefing.findings.map(({ code }) => code))].sort();
    if (expected.planned) {
      if (planning.kind !== 'planned') throw new Error(`refused: ${JSON.stringify(planning.briefing.findings)}`);
      const { plan, briefing } = planning;
      const { survivors, excluded, countAsLost, addresses, findings, loss, ...rest } = expected.planned;
      expect(plan.survivors.map(({ id }) => id)).toEqual(survivors);
      expect({
        remedy: plan.remedy,
        standing: plan.standing.map(({ id }) => id),
        removals: Object.fromEntries(plan.removals.map(({ id, by }) => [id, by])),
        powerOn: plan.powerOn.map(({ id }) => id),
        letIn: plan.letIn,
        joining: plan.joining.map(({ id, heldBy }) => (heldBy === null ? id : `${id} held by ${heldBy}`)),
        launch: plan.launch,
        groups: Object.fromEntries(plan.groups.map(({ group, standby }) => [group, standby])),
      }).toEqual(rest);
      expect(plan.peersJson === null).toBe(plan.remedy !== 'rewrite');
      expect(Object.fromEntries(plan.excluded.map(({ id, fence }) => [id, fence.kind]))).toEqual(excluded);
      expect(plan.countAsLost).toEqual(countAsLost);
      if (addresses) expect(plan.survivors.map(({ address }) => address)).toEqual(addresses);
      expect(Object.fromEntries(briefing.findings.map(({ code, severity }) => [code, severity]))).toEqual(findings);
      for (const part of loss) expect(briefing.loss.join('\n')).toContain(part);
    } else if (expected.healthy) {
      expect(planning.kind).toBe('nothing-to-do');
    } else {
      expect({ kind: planning.kind, codes }).toEqual({ kind: 'refused', codes: [...(expected.refused ?? [])].sort() });
      expect(planning.briefing.findings.filter(({ nextStep }) => nextStep === '')).toEqual([]);
    }
    if (expected.nextStep)
      expect(planning.briefing.findings.map((one) => one.nextStep).join('\n')).toContain(expected.nextStep);
  });
});
