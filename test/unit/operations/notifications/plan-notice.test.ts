import { expect, it } from 'vitest'
import type { Concern } from '../../../../src/operations/notifications/concern.ts'
import {
  type KnownConcern,
  MOST_CONCERNS,
  NOTIFIED_AFTER_MS,
  planNotice,
  RESOLVED_AFTER_MS,
} from '../../../../src/operations/notifications/plan-notice.ts'
import { failedConcern, pausedConcern } from '../../../data/recipients.ts'

const HOUR = 3_600_000

/** Looks one after the other: at a time, with the concerns that are there. */
function looks(...asked: readonly (readonly [at: number, there: readonly Concern[]])[]) {
  let known: readonly KnownConcern[] = []
  return asked.map(([now, there]) => {
    const plan = planNotice(known, there, { now, remindMs: 24 * HOUR, isWanted: () => true })
    known = plan.known
    const keys = (concerns: readonly Concern[]) => concerns.map(({ key }) => key)
    return { opened: keys(plan.opened), reminded: keys(plan.reminded), resolved: keys(plan.resolved) }
  })
}

const nothing = { opened: [], reminded: [], resolved: [] }
const wait = NOTIFIED_AFTER_MS.failed
const { key } = failedConcern

it('sends a cause once, when it has been there for some minutes', () => {
  const there = [failedConcern]
  const sent = { ...nothing, opened: [key] }
  expect(looks([0, there], [wait - 1, there], [wait, there], [wait + 1, there])).toEqual([
    nothing,
    nothing,
    sent,
    nothing,
  ])
})

it('sends nothing of a cause that was gone before', () => {
  const all = looks([0, [failedConcern]], [wait - 1, []], [wait + RESOLVED_AFTER_MS, []])
  expect(all).toEqual([nothing, nothing, nothing])
})

it('reminds of a cause that is still there after the interval', () => {
  const there = [failedConcern]
  const all = looks([0, there], [wait, there], [wait + 24 * HOUR - 1, there], [wait + 24 * HOUR, there])
  expect(all.at(-2)).toEqual(nothing)
  expect(all.at(-1)).toEqual({ ...nothing, reminded: [key] })
})

it('says once that a cause is resolved, and not of one that comes back at once', () => {
  const there = [failedConcern]
  const back = looks([0, there], [wait, there], [wait + 1, []], [wait + RESOLVED_AFTER_MS, there])
  expect(back.slice(2)).toEqual([nothing, nothing])
  const gone = wait + 1
  const all = looks([0, there], [wait, there], [gone, []], [gone + RESOLVED_AFTER_MS, []], [gone + HOUR, []])
  expect(all.slice(2)).toEqual([nothing, { ...nothing, resolved: [key] }, nothing])
})

it('puts what is sent at the same time together', () => {
  const both = [failedConcern, pausedConcern]
  expect(looks([0, both], [wait, both])[1]?.opened).toEqual(both.map((one) => one.key))
})

it('drops what a recipient does not want any more without a word', () => {
  const known = [{ ...failedConcern, seen_at: 0, notified_at: 1, gone_at: 0 }]
  const plan = planNotice(known, [], { now: HOUR, remindMs: HOUR, isWanted: () => false })
  expect(plan).toEqual({ known: [], opened: [], reminded: [], resolved: [] })
})

it('follows no more causes than a row of the table holds, and first those that it knows', () => {
  const many = Array.from({ length: MOST_CONCERNS }, (_, index) => ({ ...failedConcern, key: `failed ${index}` }))
  const known = [{ ...pausedConcern, seen_at: 0, notified_at: 0, gone_at: null }]
  const { known: next } = planNotice(known, [...many, pausedConcern], { now: 1, remindMs: HOUR, isWanted: () => true })
  expect(next).toHaveLength(MOST_CONCERNS)
  expect(next[0]?.key).toBe(pausedConcern.key)
})
