import { expect, it, onTestFinished, vi } from 'vitest'
import { observeProcess } from '../../../src/cli/observe-process.ts'
import { type RunningRoles, startRoles } from '../../../src/cli/roles.ts'
import { StreamError } from '../../../src/errors.ts'
import { systemTypes } from '../../../src/systems/systems.ts'
import { memoryPlatform } from '../../memory/platform.ts'
import { samplesOf } from '../../worlds/metric-samples.ts'

const WITHIN = { timeout: 30_000, interval: 100 }

/** A processor and a projector on a broker that may be gone. */
async function open() {
  const memory = await memoryPlatform(systemTypes, {})
  let gone = false
  const ends: typeof memory.admin.ends = async (topic) => {
    if (gone) throw new StreamError('broker_unavailable', 'gone')
    return await memory.admin.ends(topic)
  }
  const platform = { ...memory, admin: { ...memory.admin, ends } }
  let running: RunningRoles | undefined
  const observed = observeProcess(platform, ['processor', 'projector'], () => running)
  const start = async () => {
    const roles = await startRoles(platform, ['processor', 'projector'], { schedules: false })
    onTestFinished(() => roles.close())
    running = roles
  }
  const setGone = (is: boolean) => {
    gone = is
  }
  return { observed, start, setGone }
}

it('a process is alive while it starts, ready once it works, and not ready while the broker is gone', async () => {
  const { observed, start, setGone } = await open()
  expect(await observed.ready()).toEqual({ roles: 'starting' })
  expect(await observed.live()).toEqual([])
  await start()
  const well = { tables: 'ok', broker: 'ok', consumers: 'ok' }
  await vi.waitFor(async () => expect(await observed.ready()).toEqual(well), WITHIN)
  setGone(true)
  await vi.waitFor(
    async () => expect(await observed.ready()).toEqual({ ...well, broker: 'broker_unavailable' }),
    WITHIN,
  )
  expect(await observed.live()).toEqual([])
  const gone = samplesOf(await observed.metrics())
  expect([gone.get('waldstream_live'), gone.get('waldstream_ready')]).toEqual([1, 0])
  setGone(false)
  await vi.waitFor(async () => expect(await observed.ready()).toEqual(well), WITHIN)
})

it('its metrics name its roles and each of their stages', async () => {
  const { observed, start } = await open()
  await start()
  const samples = samplesOf(await observed.metrics())
  const names = [...samples.keys()]
  expect(
    names.filter((name) => name.startsWith('waldstream_info{')).map((name) => /role="(\w+)"/.exec(name)?.[1]),
  ).toEqual(['processor', 'projector'])
  for (const stage of ['route-orders', 'map-products', 'project-tasks']) {
    expect(samples.get(`waldstream_stage_up{stage="${stage}"}`), stage).toBe(1)
  }
  // Without the API nothing is exported that comes from the tables.
  expect(names.filter((name) => name.startsWith('waldstream_read_age'))).toEqual([])
})
