import { describe, expect, it } from 'vitest'
import {
  checkAgainAt,
  type Delivery,
  type DeliveryView,
  decideDelivery,
} from '../../../../src/processors/delivery/delivery-row.ts'

const origin = { topic: 't', partition: 0, offset: '7' }
const wanted = { connection: 'a', key: 'vendor-orders|1', rank: '2', digest: 'v2', origin }
const view: DeliveryView = { now: 1_000, deadlineMs: 100, naturalKey: true, checks: false }
const row: Delivery = {
  ...wanted,
  rank: '1',
  digest: 'v1',
  contentId: 'c1',
  state: 'delivered',
  fence: 4,
  until: 0,
  unsettledUntil: 0,
  unsettledDigest: '',
  targetId: '77',
  parked: false,
  heldUntil: 0,
  cancellation: null,
  decisions: 0,
}

describe('what is to be done for a version', () => {
  it('is written with an intent of its own, with what is known of the target', () => {
    expect(decideDelivery(undefined, wanted, view)).toMatchObject({
      next: 'write',
      intent: { state: 'delivering', fence: 1, rank: '2', until: 1_100, unsettledUntil: 0 },
      before: { targetId: null, unclear: false },
    })
    expect(decideDelivery(row, wanted, view)).toMatchObject({
      next: 'write',
      intent: { fence: 5 },
      before: { targetId: '77', unclear: false },
    })
  })

  it('is nothing when a newer one was begun, also when it was refused', () => {
    for (const state of ['delivering', 'delivered', 'refused'] as const) {
      expect(decideDelivery({ ...row, rank: '3', state }, wanted, view)).toEqual({ next: 'superseded' })
    }
  })

  it('is nothing while somebody holds it, and as ever once that is over', () => {
    const held = { ...row, heldUntil: 1_001 }
    expect(decideDelivery(held, wanted, view)).toEqual({ next: 'held', until: 1_001 })
    expect(decideDelivery(held, wanted, { ...view, checks: true })).toEqual({ next: 'held', until: 1_001 })
    expect(decideDelivery({ ...held, rank: '3' }, wanted, view)).toEqual({ next: 'superseded' })
    expect(decideDelivery({ ...row, heldUntil: 1_000 }, wanted, view)).toMatchObject({ next: 'write' })
  })

  it('is confirmed when the target has the content, unless it is to be looked at', () => {
    const same = { ...row, digest: 'v2' }
    expect(decideDelivery(same, wanted, view)).toMatchObject({
      next: 'confirm',
      intent: { state: 'delivered', rank: '2', fence: 5, targetId: '77' },
    })
    expect(decideDelivery(same, wanted, { ...view, checks: true })).toMatchObject({ next: 'write' })
    expect(decideDelivery({ ...same, state: 'delivering' }, wanted, view)).toMatchObject({ next: 'write' })
  })

  it('names the content anew when it changes, also back, and else as before', () => {
    const idOf = (known: Delivery | undefined, digest: string, rank: string) => {
      const decision = decideDelivery(known, { ...wanted, digest, rank }, view)
      if (decision.next !== 'write' && decision.next !== 'confirm') throw new Error(decision.next)
      return decision.intent
    }
    const first = idOf(undefined, 'v1', '1')
    expect(idOf(undefined, 'v1', '1').contentId).toBe(first.contentId)
    const same = idOf({ ...first, state: 'delivered' }, 'v1', '2')
    expect(same.contentId).toBe(first.contentId)
    const changed = idOf({ ...same, state: 'delivered' }, 'v2', '3')
    // Of the same version, as after an edit of the connection.
    const back = idOf({ ...changed, state: 'delivered' }, 'v1', '3')
    expect(new Set([first.contentId, changed.contentId, back.contentId]).size).toBe(3)
    expect(idOf({ ...first, contentId: null }, 'v1', '2').contentId).toEqual(expect.any(String))
  })

  it('keeps in mind how long an open intent may still write, and what', () => {
    const open: Delivery = { ...row, state: 'delivering', until: 1_050 }
    const decision = decideDelivery(open, wanted, view)
    expect(decision).toMatchObject({
      next: 'write',
      intent: { unsettledUntil: 1_050, unsettledDigest: 'v1' },
      before: { unclear: true },
    })
    const older = { ...open, unsettledUntil: 1_090, unsettledDigest: 'v0' }
    expect(decideDelivery(older, wanted, view)).toMatchObject({
      intent: { unsettledUntil: 1_090, unsettledDigest: '*' },
    })
    expect(decideDelivery({ ...open, until: 990 }, wanted, view)).toMatchObject({
      intent: { unsettledUntil: 0, unsettledDigest: '' },
      before: { unclear: true },
    })
  })

  it('waits out an open intent where a second write could not be told from the first', () => {
    const open: Delivery = { ...row, state: 'delivering', until: 1_050 }
    const unnamed = { ...view, naturalKey: false }
    expect(decideDelivery(open, wanted, unnamed)).toEqual({ next: 'wait', until: 1_050 })
    expect(decideDelivery(open, wanted, { ...unnamed, now: 1_051 })).toMatchObject({
      next: 'write',
      before: { unclear: true },
    })
  })
})

describe('a delivered key', () => {
  it('is looked at again when an earlier write of other content may still come', () => {
    const unsettled = { ...row, unsettledUntil: 1_050, unsettledDigest: 'v0' }
    expect(checkAgainAt(unsettled, 1_000)).toBe(1_050)
    expect(checkAgainAt({ ...unsettled, unsettledDigest: 'v1' }, 1_000)).toBeNull()
    expect(checkAgainAt(unsettled, 1_060)).toBeNull()
  })
})
