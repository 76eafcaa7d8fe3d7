import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { arnAnnotation, generationAnnotation } from '../domain/request.ts';
import { authorityArn, someFacts } from '../domain/test-values.ts';
import { readCertificate } from '../pki/certificate.ts';
import { makeCertificate } from '../pki/test-certificates.ts';
import { answerOf, csr, leafOf, refuted, sound, unproven, unreadable } from './planted-answers.ts';
import type { SignedCertificate } from './ports.ts';
import { makeTestWorld, root, subordinate, type TestWorld } from './test-world.ts';

const hint = `${authorityArn}/certificate/ff`;
const facts = someFacts({ rootSHA256: readCertificate(root.der).sha256 });

function plantedWorld(start: Parameters<typeof makeTestWorld>[0] = {}): TestWorld {
  const world = makeTestWorld({ csrPem: csr.pem, ...start });
  world.settle({ facts });
  world.state.sign = (plan) => answerOf(leafOf(plan));
  return world;
}

function ready(world: TestWorld): { readonly reason: string; readonly message: string } {
  return world.state.request?.conditions.find(({ type }) => type === 'Ready') ?? assert.fail('no Ready condition was written');
}

/** Looks until the request says why it waits. */
async function waiting(world: TestWorld): Promise<string> {
  for (let looks = 0; looks < 5; looks++) {
    const next = await world.look();
    if (world.state.statuses.length > 0) return ready(world).message;
    await world.clock.advance(next === 'forget' ? assert.fail('it is over') : next.afterMs);
  }
  return assert.fail('it says nothing');
}

/** A hint to an answer like the one that `answer` gives to the plan of this very request. */
async function hintedWorld(answer: (typeof refuted)[number]['answer']): Promise<TestWorld> {
  const twin = plantedWorld();
  await twin.look();
  const world = plantedWorld({ annotations: { [arnAnnotation]: hint } });
  world.state.issued.set(hint, answer(twin.state.issueCalls[0] ?? assert.fail('nothing was asked of AWS')));
  return world;
}

const published = ({ state }: TestWorld): readonly string[] => state.statuses.flatMap(({ certificate }) => certificate ?? []);

describe('an answer of AWS is published in canonical bytes', () => {
  for (const { what, answer } of sound) {
    test(`with ${what}`, async () => {
      const world = plantedWorld();
      world.state.sign = answer;
      await world.run();
      assert.deepEqual([ready(world).reason, world.state.issued.size], ['Issued', 1]);
      const [status] = world.state.statuses;
      const blocks = (status?.certificate ?? '').split(/(?<=-----END CERTIFICATE-----\n)/);
      assert.deepEqual(blocks.slice(1), [subordinate.pem]);
      assert.deepEqual(readCertificate(Buffer.from(blocks[0]?.replaceAll(/-----.*-----|\n/g, '') ?? '', 'base64')).pem, blocks[0]);
      assert.equal(status?.ca, root.pem);
    });
  }
});

describe('an answer that is another certificate is dropped, one more is asked for, and never a third', () => {
  for (const { what, answer, says } of refuted) {
    test(`with ${what}`, async () => {
      const world = plantedWorld();
      world.state.sign = answer;
      await world.run();
      const { reason, message } = ready(world);
      assert.deepEqual([reason, world.state.issued.size, published(world)], ['Failed', 2, []]);
      assert.match(message.replace('the certificate that AWS returned ', ''), says);
      assert.match(message, /, for the second time; neither was published\. The last one is arn:aws:acm-pca:/);
      assert.ok(world.state.statuses[0]?.failureTime);
    });

    test(`as a hint with ${what} it costs no generation`, async () => {
      const world = await hintedWorld(answer);
      await world.run();
      assert.deepEqual([ready(world).reason, world.state.issueCalls.length], ['Issued', 1]);
      assert.equal(world.state.request?.annotations[generationAnnotation], undefined);
    });
  }
});

describe('an answer that nobody can read', () => {
  for (const { what, answer, says } of unreadable) {
    test(`(${what}) is asked for six times, then given up, and its successor too`, async () => {
      const world = plantedWorld();
      world.state.sign = answer;
      await world.run();
      const { reason, message } = ready(world);
      assert.deepEqual([reason, world.state.issued.size, world.state.fetchCalls.length, published(world)], ['Failed', 2, 12, []]);
      assert.match(message.replace('the certificate that AWS returned ', ''), says);
    });

    test(`(${what}) heals when the next answer is better: no second certificate`, async () => {
      const world = plantedWorld();
      world.state.sign = (plan) => {
        world.state.fetchAnswers = Array.from({ length: 3 }, (): SignedCertificate => answer(plan));
        return answerOf(leafOf(plan));
      };
      assert.match(await waiting(world), /^failed to issue certificate from PCA: GetCertificate on arn:aws:acm-pca:.*: UnreadableCertificate: .*tried again by itself/);
      await world.run();
      assert.deepEqual([ready(world).reason, world.state.issued.size], ['Issued', 1]);
    });

    test(`(${what}) as a hint costs no generation`, async () => {
      const world = await hintedWorld(answer);
      await world.run();
      assert.deepEqual([ready(world).reason, world.state.issueCalls.length], ['Issued', 1]);
      assert.equal(world.state.request?.annotations[generationAnnotation], undefined);
    });
  }
});

describe('the right certificate under a chain that proves nothing is kept, and waits', () => {
  for (const { what, answer, says } of unproven) {
    test(`with ${what}`, async () => {
      const world = plantedWorld();
      world.state.sign = answer;
      const message = await waiting(world);
      assert.match(message.replace('the certificate that AWS returned ', ''), says);
      assert.deepEqual([ready(world).reason, published(world)], ['Pending', []]);
      const [ordered] = world.state.issueCalls;
      const [arn = ''] = world.state.issued.keys();
      world.state.issued.set(arn, answerOf(leafOf(ordered ?? assert.fail('nothing was asked of AWS'))));
      await world.clock.advance(60_000);
      await world.run();
      assert.deepEqual([ready(world).reason, world.state.issueCalls.length], ['Issued', 1]);
    });

    test(`as a hint with ${what}`, async () => {
      const world = await hintedWorld(answer);
      await waiting(world);
      assert.deepEqual([ready(world).reason, world.state.issueCalls.length, published(world)], ['Pending', 0, []]);
    });
  }
});

describe('a chain whose top is a subordinate', () => {
  test('makes a CA request wait, and passes once its root is an anchor', async () => {
    const world = plantedWorld();
    world.state.sign = (plan) => answerOf(leafOf(plan), [subordinate]);
    assert.match(await waiting(world), /ends in no self-signed certificate, so nothing could be written to ca\.crt.*spec\.additionalTrustAnchors/);
    world.settle({ facts: someFacts({ serial: 'changed' }), anchors: [readCertificate(root.der)] });
    await world.run();
    assert.deepEqual([ready(world).reason, world.state.issued.size, world.state.statuses.at(-1)?.ca], ['Issued', 1, root.pem]);
  });

  test('gives a leaf an empty ca and an Event, never a false root', async () => {
    const world = plantedWorld({ isCA: false, usages: ['client auth', 'server auth'] });
    const leaf = { isCA: false, pathLength: undefined, keyUsages: ['digital signature', 'key encipherment'], extendedKeyUsages: ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'] } as const;
    world.state.sign = (plan) => answerOf(leafOf(plan, leaf), [subordinate]);
    await world.run();
    assert.deepEqual([ready(world).reason, world.state.statuses[0]?.ca, world.state.events], ['Issued', undefined, ['Issued', 'Difference']]);
  });
});

test('a leaf whose chain does not hold its issuing CA is not published with an empty ca', async () => {
  const world = plantedWorld({ isCA: false, usages: ['client auth', 'server auth'] });
  const leaf = { isCA: false, pathLength: undefined, keyUsages: ['digital signature', 'key encipherment'], extendedKeyUsages: ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'] } as const;
  world.state.sign = (plan) => answerOf(leafOf(plan, leaf), []);
  assert.match(await waiting(world), /is signed by CN=subordinate, which is not in the chain/);
});

test('a root that the CA took up since it was last asked is taken once the issuer knows it', async () => {
  const world = plantedWorld();
  world.settle({ facts: someFacts({ rootSHA256: 'dd'.repeat(32) }) });
  assert.match(await waiting(world), /stands below the root CN=root .* but the CA of this issuer stands below another one/);
  world.settle({ facts });
  await world.run();
  assert.deepEqual([ready(world).reason, world.state.issued.size], ['Issued', 1]);
});

/** Published under a root of the same key that was made in another way. */
async function underRoot(changes: Parameters<typeof makeCertificate>[0]): Promise<TestWorld> {
  const world = plantedWorld();
  const top = makeCertificate({ subject: 'root', key: root.key, isCA: true, ...changes });
  world.settle({ facts: someFacts({ rootSHA256: readCertificate(top.der).sha256 }) });
  world.state.sign = (plan) => answerOf(leafOf(plan), [subordinate, top]);
  await world.run();
  assert.deepEqual([ready(world).reason, world.state.statuses[0]?.ca], ['Issued', top.pem]);
  return world;
}

test('a CA certificate that outlives what stands above it is published, and an Event says so', async () => {
  const world = await underRoot({ notAfter: new Date('2026-12-24T00:00:00Z') });
  assert.deepEqual(world.state.events, ['Issued', 'Difference']);
});

test('a CA certificate below name constraints is published, since nobody here knows the trust domain, and an Event says so', async () => {
  const world = await underRoot({ nameConstraints: { permittedUris: ['other.domain'] } });
  assert.deepEqual(world.state.events, ['Issued', 'Difference']);
});

test('a root that signed itself over SHA-1 is trusted for its key, as in Go', async () => {
  assert.deepEqual((await underRoot({ digest: 'sha1' })).state.events, ['Issued']);
});
