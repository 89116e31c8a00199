import * as z from 'zod';
import {
  AwaitLeaderInput,
  CheckInput,
  CloseCaseInput,
  GuardReleaseInput,
  LookAgainInput,
  MakePlanInput,
  OpenCaseInput,
  PlanAgainInput,
  RemovePeersInput,
  VerifyInput,
} from '../../lib/recovery/boundary';
import { edge } from '../adapters/edge';
import { env } from '../adapters/env';
import { awaitLeader } from './await-leader';
import { check } from './check';
import { clerkFrom } from './clerk';
import { closeCase } from './close-case';
import { guardRelease } from './guard-release';
import { lookAgain } from './look-again';
import { makePlan } from './make-plan';
import { openCase } from './open-case';
import { planAgain } from './plan-again';
import { removePeers } from './remove-peers';
import { verify } from './verify';

const Input = z.discriminatedUnion('action', [
  OpenCaseInput,
  MakePlanInput,
  LookAgainInput,
  CheckInput,
  GuardReleaseInput,
  AwaitLeaderInput,
  RemovePeersInput,
  VerifyInput,
  PlanAgainInput,
  CloseCaseInput,
]);

/** Keeps cases: opens them, plans, compares, decides, reports. Touches no host and no instance. */
export const handler = edge(Input, (input) => {
  const clerk = clerkFrom(env.clerk());
  switch (input.action) {
    case 'open-case':
      return openCase(clerk, input);
    case 'make-plan':
      return makePlan(clerk, input);
    case 'look-again':
      return lookAgain(clerk, input);
    case 'check':
      return check(clerk, input);
    case 'guard-release':
      return guardRelease(clerk, input);
    case 'await-leader':
      return awaitLeader(clerk, input);
    case 'remove-peers':
      return removePeers(clerk, input);
    case 'verify':
      return verify(clerk, input);
    case 'plan-again':
      return planAgain(clerk, input);
    case 'close-case':
      return closeCase(clerk, input);
  }
});
