import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gate, type GateRules } from './gate.ts';
import { issuerKinds } from './issuer.ts';
import type { RequestCondition } from './request.ts';
import { approval, approvedAt, aRequest } from './test-values.ts';

const rules: GateRules = { group: 'awspca.cert-manager.io', kinds: issuerKinds, checksApproval: true };

function ready(status: string, reason: string): RequestCondition {
  return { type: 'Ready', status, reason, message: '', lastTransitionTime: approvedAt };
}

test('an approved request proceeds, and its dates count from the approval', () => {
  assert.deepEqual(gate(aRequest(), rules), { kind: 'proceed', since: approvedAt });
});

test('dates count from the creation where an approver\'s clock is behind', () => {
  const request = aRequest({ conditions: [approval('Approved', new Date('2026-11-22T09:00:00Z'))] });
  assert.deepEqual(gate(request, rules), { kind: 'proceed', since: request.createdAt });
});

test('nothing is written to requests of another group or of an unknown kind, approved, denied or not', () => {
  for (const conditions of [[approval()], [approval('Denied')], []]) {
    for (const issuerRef of [
      { group: 'cert-manager.io', kind: 'AWSPCAIssuer', name: 'a' },
      { group: 'awspca.cert-manager.io', kind: 'AWSPCAThing', name: 'a' },
      { group: 'awspca.cert-manager.io', kind: '', name: 'a' },
    ]) {
      assert.equal(gate(aRequest({ conditions, issuerRef }), rules).kind, 'ignore');
    }
  }
});

test('a request that is neither approved nor denied is left alone', () => {
  assert.equal(gate(aRequest({ conditions: [] }), rules).kind, 'ignore');
  assert.equal(gate(aRequest({ conditions: [{ ...approval(), status: 'False' }] }), rules).kind, 'ignore');
});

test('without the approval check dates count from the creation', () => {
  const request = aRequest({ conditions: [] });
  assert.deepEqual(gate(request, { ...rules, checksApproval: false }), { kind: 'proceed', since: request.createdAt });
});

test('a denied request is denied once, also when it waited before', () => {
  assert.equal(gate(aRequest({ conditions: [approval('Denied')] }), rules).kind, 'denied');
  assert.equal(gate(aRequest({ conditions: [approval('Denied'), ready('False', 'Pending')] }), rules).kind, 'denied');
  assert.equal(gate(aRequest({ conditions: [approval('Denied'), ready('False', 'Denied')] }), rules).kind, 'ignore');
});

test('terminal requests, foreign certificates and somebody\'s InvalidRequest are left alone', () => {
  for (const condition of [ready('True', 'Issued'), ready('False', 'Failed'), { ...ready('True', 'x'), type: 'InvalidRequest' }]) {
    assert.equal(gate(aRequest({ conditions: [approval(), condition] }), rules).kind, 'ignore');
  }
  assert.equal(gate(aRequest({ hasCertificate: true }), rules).kind, 'ignore');
  assert.equal(gate(aRequest({ conditions: [approval(), ready('False', 'Pending')] }), rules).kind, 'proceed');
});
