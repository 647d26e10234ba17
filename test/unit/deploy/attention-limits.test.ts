import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import {
  LATE_AFTER_MS,
  NOT_PULLED_AFTER_SECONDS,
  OVERDUE_AFTER_SECONDS,
  OVERDUE_INTERVALS,
  PULLER_GONE_SECONDS,
} from '../../../src/operations/attention-limits.ts'
import { NOTIFIED_AFTER_MS } from '../../../src/operations/notifications/plan-notice.ts'
import { LATE_MS } from '../../../web/src/pages/overview/late-ms.ts'

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
}

const { groups } = parse(readFileSync(new URL('../../../deploy/prometheus/rules.yaml', import.meta.url), 'utf8')) as {
  readonly groups: readonly { readonly rules: readonly Rule[] }[]
}
const ruleOf = (alert: string) => groups.flatMap(({ rules }) => rules).find((rule) => rule.alert === alert)

it('alerts go by the limits that the page and notifications go by', () => {
  expect(ruleOf('WaldstreamReadOverdue')?.expr).toContain(`> ${OVERDUE_INTERVALS} * `)
  expect(ruleOf('WaldstreamReadOverdue')?.expr).toContain(`> ${OVERDUE_AFTER_SECONDS}`)
  expect(ruleOf('WaldstreamFeedNotPulled')?.expr).toContain(`> ${NOT_PULLED_AFTER_SECONDS} < ${PULLER_GONE_SECONDS}`)
  expect(ruleOf('WaldstreamPaused')?.expr).toContain('code!="held"')
})

it('the page calls an order late when the status does', () => {
  expect(LATE_MS).toBe(LATE_AFTER_MS)
})

it('alerts wait as long as notifications do', () => {
  const alerts = {
    late: 'WaldstreamOrdersLate',
    failed: 'WaldstreamDeadLetters',
    paused: 'WaldstreamPaused',
    circuit_open: 'WaldstreamCircuitOpen',
    read_overdue: 'WaldstreamReadOverdue',
    feed_not_pulled: 'WaldstreamFeedNotPulled',
    events_not_received: 'WaldstreamEventsNotReceived',
    oversold: 'WaldstreamOversold',
  } as const
  const waits = Object.fromEntries(Object.entries(alerts).map(([cause, alert]) => [cause, ruleOf(alert)?.for]))
  const own = Object.entries(NOTIFIED_AFTER_MS).map(([cause, ms]) => [cause, `${ms / 60_000}m`])
  expect(waits).toEqual(Object.fromEntries(own))
})
