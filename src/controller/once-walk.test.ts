// A random walk through looks, restarts, lost replies, conflicts and clocks that jump: invariants 3, 4 and 11 (docs/architecture.md) hold.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { arnAnnotation } from '../domain/request.ts';
import { countOf, failure, makeTestWorld, messageOf, reasonOf, runFor } from './test-world.ts';

const minute = 60_000;
const hour = 60 * minute;

type Step =
  | { readonly kind: 'look' | 'restart' | 'lost' | 'conflict' | 'throttled' | 'unfound' }
  | { readonly kind: 'pass' | 'jump'; readonly ms: number };

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.constant({ kind: 'look' as const }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 20_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 8 * minute }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('jump' as const), ms: fc.integer({ min: -4 * minute, max: 4 * minute }) }) },
  ...(['restart', 'lost', 'conflict', 'throttled', 'unfound'] as const).map((kind) => ({ weight: 1, arbitrary: fc.constant({ kind }) })),
);

test('whatever happens in whatever order, a request ends Issued, and every certificate beyond the first is counted or was lost with a process', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(steps, { maxLength: 60 }),
      fc.constantFrom(5 * minute, minute),
      fc.constantFrom(10 * minute, hour, 90 * 24 * hour),
      async (walk, tokenMemoryMs, durationMs) => {
        const world = makeTestWorld({ durationMs });
        world.settle();
        world.state.tokenMemoryMs = tokenMemoryMs;
        // A process that ends before it wrote down what it ordered may cost one more, once AWS has forgotten the token.
        let excused = 0;
        const doStep = async (step: Step): Promise<void> => {
          if (step.kind === 'look') await world.look();
          if (step.kind === 'pass') await world.clock.advance(step.ms);
          if (step.kind === 'jump') world.state.aheadMs = step.ms;
          if (step.kind === 'lost') world.state.lostReplies = Math.max(0, world.state.lostReplies) + 1;
          if (step.kind === 'conflict') world.state.writeFailures.push(failure('conflict', '409'));
          if (step.kind === 'throttled') world.state.issueFailures.push(failure('throttled'));
          if (step.kind === 'unfound') world.state.fetchAnswers.push(failure('rejected', 'ResourceNotFoundException', 'GetCertificate'));
          if (step.kind === 'restart' || step.kind === 'jump') {
            if (world.state.issued.size > 0 && world.state.request?.annotations[arnAnnotation] === undefined) excused++;
          }
          if (step.kind === 'restart') world.restart();
        };
        for (const step of walk) {
          if (reasonOf(world) === 'Issued') break;
          await doStep(step);
          assert.notEqual(reasonOf(world), 'Failed', messageOf(world));
        }
        Object.assign(world.state, { lostReplies: 0, aheadMs: 0, writeFailures: [], issueFailures: [], fetchAnswers: [] });
        if (reasonOf(world) !== 'Issued') await runFor(world, 20 * minute);
        assert.equal(reasonOf(world), 'Issued', messageOf(world));
        const counted = countOf(world, 'pca_issuer_ambiguous_issues_total') + countOf(world, 'pca_issuer_second_issues_total');
        // Where AWS remembers for a minute only, the same order can cost twice; it must have been the same order.
        const certificates = tokenMemoryMs === minute ? world.state.byToken.size : world.state.issued.size;
        assert.ok(certificates <= 1 + counted + excused, `${certificates} certificates, ${counted} counted, ${excused} excused`);
      },
    ),
    { numRuns: 60 },
  );
});
