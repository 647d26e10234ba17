import { expect, inject, it, onTestFinished } from 'vitest'
import { soakText } from '../../bench/report.ts'
import { openServers } from '../../bench/servers.ts'
import { soak } from '../../bench/soak.ts'

const EVENTS = 60_000

it('a worker under a long skewed load loses and outdates nothing; its memory is told', async () => {
  const ending = new AbortController()
  const { signal } = ending
  const servers = await openServers(console.error, signal, { ...process.env, ...inject('services') })
  onTestFinished(() => servers.close())
  onTestFinished(() => ending.abort())
  const report = await soak(servers, { seed: 20_261_124, events: EVENTS, log: console.error, signal })
  console.log(soakText(report))
  expect(report.events).toBe(EVENTS)
  expect(report.feed.rows).toBeGreaterThan(1_000)
  expect(report.feed).toMatchObject({ lost: 0, stale: 0 })
})
