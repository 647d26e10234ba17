import { expect, it } from 'vitest'
import { movedCutDate, windowProof } from '../../../src/operations/window-proof.ts'

const run = { state: 'ended', trigger: 'schedule', listed: 3, backfill_from: null, queue_url: null } as const

it.each([
  ['proven', {}, true],
  ['proven', { listed: 0 }, true],
  ['unlisted', { listed: null }, true],
  ['incomplete', { state: 'incomplete' }, false],
  ['broken_off', { state: 'failed' }, false],
  ['pending', { state: 'running', listed: null }, false],
  ['pending', { state: 'due', listed: null }, false],
  ['none', { state: 'merged' }, false],
  ['none', { trigger: 'sweep' }, false],
  ['proven', { backfill_from: '2026-01-01T00:00:00.000Z' }, false],
  ['unlisted', { queue_url: 'https://queue.example', listed: null }, false],
] as const)('says %s of a run with %o; its cut date moved: %s', (proof, over, isMoved) => {
  const given = { ...run, ...over }
  expect([windowProof(given), movedCutDate(given)]).toEqual([proof, isMoved])
})
